//! Tomcat without a framework: its own `CorsFilter` in web.xml, mapped before every other filter.
//!
//! - Filters run in the order of their `filter-mapping`s, not of their definitions.
//! - A login that the container demands (`security-constraint`) comes before all filters: preflights get 401 unless the
//!   authenticator says `allowCorsPreflight="filter"`, and the 401 itself never has CORS fields.
//! - Since Tomcat 9 no origin is allowed unless listed; `*` with `cors.support.credentials` stops the application at
//!   start.
//! - Refused origins get 403 without content, for actual requests too: the page's own POST behind a TLS proxy among them,
//!   unless a `RemoteIpValve` restores the scheme.
//! - `cors.allowed.headers` replaces the default list.

use super::{Kind, PieceTemplate, Platform};

pub(super) const PLATFORM: Platform = Platform {
    id: "tomcat",
    title: "Tomcat",
    aliases: &["apache-tomcat", "servlet", "web.xml", "corsfilter"],
    kind: Kind::Framework,
    only_methods: &[],
    source: include_str!("tomcat.rs"),
    pieces: &[
        PieceTemplate {
            file: "WEB-INF/web.xml",
            language: "xml",
            place: "first of all filters, inside <web-app>",
            text: r#"<filter>
  <filter-name>cors</filter-name>
  <filter-class>org.apache.catalina.filters.CorsFilter</filter-class>
  <async-supported>true</async-supported>
  <init-param>
    <param-name>cors.allowed.origins</param-name>
    <param-value>«origins,»</param-value>
  </init-param>
  <init-param>
    <param-name>cors.allowed.methods</param-name>
    <param-value>«methods,»,OPTIONS</param-value>
  </init-param>
  <init-param>
    <param-name>cors.allowed.headers</param-name>
    <param-value>«headers,»</param-value>
  </init-param>
«if expose»
  <init-param>
    <param-name>cors.exposed.headers</param-name>
    <param-value>«exposed,»</param-value>
  </init-param>
«end»
«if credentials»
  <init-param>
    <param-name>cors.support.credentials</param-name>
    <param-value>true</param-value>
  </init-param>
«end»
  <init-param>
    <param-name>cors.preflight.maxage</param-name>
    <param-value>«max_age»</param-value>
  </init-param>
</filter>
<filter-mapping>
  <filter-name>cors</filter-name>
  <url-pattern>«slashed»*</url-pattern>
</filter-mapping>
"#,
        },
        PieceTemplate {
            file: "META-INF/context.xml",
            language: "xml",
            place: "only with a security-constraint; the class for its auth-method",
            text: r#"<Context>
  <Valve className="org.apache.catalina.authenticator.BasicAuthenticator" allowCorsPreflight="filter" />
</Context>
"#,
        },
    ],
    notes: &[],
};
