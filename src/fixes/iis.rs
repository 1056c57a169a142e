//! IIS: the CORS module (a separate download for IIS 7.5 to 10) with `<cors>` in web.config.
//!
//! - `<customHeaders>` cannot choose between origins, and beside an application that sends its own it gives two fields.
//!   The recipe removes it.
//! - Without the module OPTIONSVerbHandler answers 200 with `Allow` and `Public` and no CORS field.
//! - The WebDAV module takes PUT and DELETE for itself and answers 405: remove it where the API needs them.
//! - The module answers preflights before authentication. `failUnlistedOrigins` would answer 403 to other origins;
//!   without it they get the answer without the field, and the browser refuses it.

use super::{Kind, PieceTemplate, Platform, Tried};

pub(super) const PLATFORM: Platform = Platform {
    id: "iis",
    title: "IIS",
    aliases: &["microsoft-iis", "web.config"],
    kind: Kind::Server,
    tried: Tried::Not,
    only_methods: &[],
    source: include_str!("iis.rs"),
    pieces: &[PieceTemplate {
        file: "web.config",
        language: "xml",
        place: "inside <configuration>",
        text: r#"<system.webServer>
  <cors enabled="true" failUnlistedOrigins="false">
«each origin»
«if credentials»    <add origin="«origin»" allowCredentials="true" maxAge="«max_age»">
«if !credentials»    <add origin="«origin»" maxAge="«max_age»">
      <allowMethods>
«each method»        <add method="«method»" />
      </allowMethods>
      <allowHeaders>
«each header»        <add header="«header»" />
      </allowHeaders>
«if expose»
      <exposeHeaders>
«each exposed»        <add header="«exposed»" />
      </exposeHeaders>
«end»
    </add>
«end»
«if any»
    <add origin="*" maxAge="«max_age»">
      <allowMethods>
«each method»        <add method="«method»" />
      </allowMethods>
      <allowHeaders>
«each header»        <add header="«header»" />
      </allowHeaders>
«if expose»
      <exposeHeaders>
«each exposed»        <add header="«exposed»" />
      </exposeHeaders>
«end»
    </add>
«end»
  </cors>
  <httpProtocol>
    <customHeaders>
      <remove name="Access-Control-Allow-Origin" />
      <remove name="Access-Control-Allow-Credentials" />
      <remove name="Access-Control-Allow-Methods" />
      <remove name="Access-Control-Allow-Headers" />
    </customHeaders>
  </httpProtocol>
  <modules>
    <remove name="WebDAVModule" />
  </modules>
  <handlers>
    <remove name="WebDAV" />
  </handlers>
</system.webServer>
"#,
    }],
    notes: &[
        "Needs the IIS CORS module; without it IIS answers 500.19 to the <cors> element.",
        "Turn CORS off in the application behind, or its fields are there twice.",
    ],
};
