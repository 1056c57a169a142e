//! HAProxy 2.2 and later: `http-request return` answers preflights, `http-after-response` writes the fields.
//!
//! - `http-response` rules do not run for answers that HAProxy makes itself (503 without a server, `http-request
//!   deny`): only `http-after-response` reaches them.
//! - Rules run in the order written: these come before any `deny`, `auth` or `redirect` of the frontend. A rule in a
//!   backend comes later by itself.
//! - `req.hdr(origin)` cuts values at commas; `req.fhdr(origin)` takes the whole value.
//! - A request's fields are gone when the answer is made, hence the variables.

use super::{Kind, PieceTemplate, Platform, Tried};

pub(super) const PLATFORM: Platform = Platform {
    id: "haproxy",
    title: "HAProxy",
    aliases: &["ha-proxy"],
    kind: Kind::Server,
    tried: Tried::Not,
    only_methods: &[],
    source: include_str!("haproxy.rs"),
    pieces: &[PieceTemplate {
        file: "/etc/haproxy/haproxy.cfg",
        language: "haproxy",
        place: "in the frontend, before its other http-request rules",
        text: r#"    # The origins that may read the answers.
    http-request set-var(txn.cors_path) bool(true) if { path_beg «path» }
«if list»    http-request set-var(txn.cors_origin) req.fhdr(origin) if { path_beg «path» } { req.fhdr(origin) -m str «origins_» }
«if any»    http-request set-var(txn.cors_origin) str(*) if { path_beg «path» }
    # A preflight: an OPTIONS request that names the method it asks for.
    http-request set-var(txn.cors_preflight) bool(true) if METH_OPTIONS { path_beg «path» } { req.fhdr(access-control-request-method) -m found }
    http-request return status 204 if { var(txn.cors_preflight) -m bool }

    # What the application sends itself would be there twice.
    http-after-response del-header access-control-allow-origin if { var(txn.cors_path) -m bool }
    http-after-response del-header access-control-allow-credentials if { var(txn.cors_path) -m bool }
    http-after-response del-header access-control-allow-methods if { var(txn.cors_path) -m bool }
    http-after-response del-header access-control-allow-headers if { var(txn.cors_path) -m bool }
    http-after-response del-header access-control-expose-headers if { var(txn.cors_path) -m bool }
    http-after-response del-header access-control-max-age if { var(txn.cors_path) -m bool }

    http-after-response add-header vary Origin if { var(txn.cors_path) -m bool }
    http-after-response set-header access-control-allow-origin %[var(txn.cors_origin)] if { var(txn.cors_origin) -m found }
«if credentials»    http-after-response set-header access-control-allow-credentials true if { var(txn.cors_origin) -m found }
«if expose»    http-after-response set-header access-control-expose-headers "«exposed»" if { var(txn.cors_origin) -m found }
    http-after-response set-header access-control-allow-methods "«methods»" if { var(txn.cors_preflight) -m bool }
    http-after-response set-header access-control-allow-headers "«headers»" if { var(txn.cors_preflight) -m bool }
    http-after-response set-header access-control-max-age «max_age» if { var(txn.cors_preflight) -m bool }
"#,
    }],
    notes: &["Test with haproxy -c -f /etc/haproxy/haproxy.cfg, then reload."],
};
