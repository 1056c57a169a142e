//! lighttpd: mod_setenv in a condition for each origin, one line of Lua that answers preflights.
//!
//! - `setenv.add-response-header` beside an application that sends its own gives two fields; `set-response-header`
//!   replaces, and an empty value removes.
//! - A condition replaces an option of the level above, it does not add to it: each block writes all of the fields.
//! - Values know no variables: an origin cannot be copied into the answer, it must be written out.
//! - Modules act in the order in which they are loaded: with mod_setenv behind mod_auth the password prompt's 401 has no
//!   fields. The file must be read before that of mod_auth.
//! - Left alone, preflights go to the application, to the password prompt, or get 404 where there is no such file.

use super::{Kind, PieceTemplate, Platform};

pub(super) const PLATFORM: Platform = Platform {
    id: "lighttpd",
    title: "lighttpd",
    aliases: &["lighty"],
    kind: Kind::Server,
    only_methods: &[],
    source: include_str!("lighttpd.rs"),
    pieces: &[
        PieceTemplate {
            file: "/etc/lighttpd/preflight.lua",
            language: "lua",
            place: "a file of its own; Debian: apt install lighttpd-modules-lua",
            text: "return 204\n",
        },
        PieceTemplate {
            file: "/etc/lighttpd/conf-enabled/01-cors.conf",
            language: "lighttpd",
            place: "a file of its own, read before that of mod_auth",
            text: r#"server.modules += ( "mod_setenv", "mod_magnet" )

$HTTP["url"] =~ "^«path|»" {
«if list»
    setenv.add-response-header = ( "Vary" => "Origin" )
    # What the application sends itself would be there twice.
    setenv.set-response-header = (
        "Access-Control-Allow-Origin" => "",
        "Access-Control-Allow-Credentials" => "",
        "Access-Control-Allow-Methods" => "",
        "Access-Control-Allow-Headers" => "",
        "Access-Control-Expose-Headers" => "",
        "Access-Control-Max-Age" => "",
    )
«end»
    # A preflight: an OPTIONS request that names the method it asks for.
    $HTTP["request-method"] == "OPTIONS" {
        $REQUEST_HEADER["access-control-request-method"] != "" {
            magnet.attract-raw-url-to = ( "/etc/lighttpd/preflight.lua" )
        }
    }
«each origin»
    $REQUEST_HEADER["origin"] == "«origin»" {
        setenv.set-response-header = (
            "Access-Control-Allow-Origin" => "«origin»",
«if credentials»            "Access-Control-Allow-Credentials" => "true",
«if !credentials»            "Access-Control-Allow-Credentials" => "",
«if expose»            "Access-Control-Expose-Headers" => "«exposed»",
«if !expose»            "Access-Control-Expose-Headers" => "",
            "Access-Control-Allow-Methods" => "«methods»",
            "Access-Control-Allow-Headers" => "«headers»",
            "Access-Control-Max-Age" => "«max_age»",
        )
    }
«end»
«if any»
    setenv.set-response-header = (
        "Access-Control-Allow-Origin" => "*",
        "Access-Control-Allow-Credentials" => "",
«if expose»        "Access-Control-Expose-Headers" => "«exposed»",
        "Access-Control-Allow-Methods" => "«methods»",
        "Access-Control-Allow-Headers" => "«headers»",
        "Access-Control-Max-Age" => "«max_age»",
    )
«end»
}
"#,
        },
    ],
    notes: &["Test with lighttpd -t -f /etc/lighttpd/lighttpd.conf, then reload."],
};
