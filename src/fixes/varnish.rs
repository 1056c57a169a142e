//! Varnish: `vcl_recv` answers preflights, `vcl_deliver` writes the fields, so that they are never part of the cache.
//!
//! - An answer that was cached for one origin is given to all others, and one that was cached without an `Origin` has no
//!   field at all: that is why failures come and go. Here the fields are written when an answer leaves, for whoever asks.
//! - Then the application needs no CORS fields and no `Vary: Origin`; what it sends is replaced.
//! - Preflights are POST-like for a cache: they are passed to the application unless `synth` answers them.
//! - `vcl_synth` makes Varnish's own answers; what a broken backend leads to passes `vcl_deliver`.

use super::{Kind, PieceTemplate, Platform};

pub(super) const PLATFORM: Platform = Platform {
    id: "varnish",
    title: "Varnish",
    aliases: &["vcl", "fastly"],
    kind: Kind::Server,
    only_methods: &[],
    source: include_str!("varnish.rs"),
    pieces: &[PieceTemplate {
        file: "/etc/varnish/default.vcl",
        language: "vcl",
        place: "after the backends, before other vcl_recv, which it must precede",
        text: r#"sub vcl_recv {
    # The origins that may read the answers.
    unset req.http.X-Cors-Origin;
«each origin»    if (req.http.Origin == "«origin»") { set req.http.X-Cors-Origin = "«origin»"; }
«if any»    set req.http.X-Cors-Origin = "*";
«if prefix»    if (req.url !~ "^«path|»") { unset req.http.X-Cors-Origin; }
    # A preflight: an OPTIONS request that names the method it asks for.
    if (req.method == "OPTIONS" && req.http.Access-Control-Request-Method && req.url ~ "^«path|»") {
        return (synth(204));
    }
}

sub cors_fields {
    # What the application sends itself would be there twice.
    unset resp.http.Access-Control-Allow-Origin;
    unset resp.http.Access-Control-Allow-Credentials;
    unset resp.http.Access-Control-Allow-Methods;
    unset resp.http.Access-Control-Allow-Headers;
    unset resp.http.Access-Control-Expose-Headers;
    unset resp.http.Access-Control-Max-Age;
«if list»
    if (!resp.http.Vary) { set resp.http.Vary = "Origin"; }
    elsif (resp.http.Vary !~ "(?i)origin") { set resp.http.Vary = resp.http.Vary + ", Origin"; }
«end»
    if (req.http.X-Cors-Origin) {
        set resp.http.Access-Control-Allow-Origin = req.http.X-Cors-Origin;
«if credentials»        set resp.http.Access-Control-Allow-Credentials = "true";
«if expose»        set resp.http.Access-Control-Expose-Headers = "«exposed»";
        if (req.method == "OPTIONS") {
            set resp.http.Access-Control-Allow-Methods = "«methods»";
            set resp.http.Access-Control-Allow-Headers = "«headers»";
            set resp.http.Access-Control-Max-Age = "«max_age»";
        }
    }
}

sub vcl_deliver {
    call cors_fields;
}

sub vcl_synth {
    call cors_fields;
    if (resp.status == 204) { return (deliver); }
}
"#,
    }],
    notes: &[
        "Test with varnishd -C -f /etc/varnish/default.vcl, then reload; what is cached need not be purged.",
    ],
};
