//! nginx: origins in a `map`, fields with `add_header … always`, the preflight answered by `return 204`.
//!
//! - An `add_header` replaces all those inherited from the level above, in an `if` as well. The recipe that people copy
//!   (fields in the location, `add_header Access-Control-Max-Age` and `return 204` in an `if`) therefore answers
//!   preflights with nothing but Max-Age, and every preflighted request is blocked. Here the `if` holds no field at all
//!   and inherits every one of them; what belongs to preflights only has an empty value otherwise, and nginx sends no
//!   field with an empty value.
//! - Without `always` the fields are missing on 4xx and 5xx answers, and the page sees a CORS error instead of the fault.
//! - `return` runs before access control, so `auth_basic` and `auth_request` do not see preflights.
//! - `proxy_hide_header` keeps the application's own CORS fields from being sent a second time. For `fastcgi_pass`,
//!   `uwsgi_pass` and `grpc_pass` there are `fastcgi_hide_header`, `uwsgi_hide_header` and `grpc_hide_header`.
//! - A location with an `add_header` of its own must include the file too, or its answers have no CORS fields. So must
//!   the location that an `error_page` leads to.
//! - Where nginx answers for static files, an OPTIONS without this recipe gives 405.

use super::{Kind, PieceTemplate, Platform, Tried};

pub(super) const PLATFORM: Platform = Platform {
    id: "nginx",
    title: "nginx",
    aliases: &["openresty", "tengine", "angie"],
    kind: Kind::Server,
    tried: Tried::Not,
    only_methods: &[],
    source: include_str!("nginx.rs"),
    pieces: &[
        PieceTemplate {
            file: "/etc/nginx/conf.d/cors.conf",
            language: "nginx",
            place: "inside http { }, where files of conf.d are included",
            text: r#"# The origins that may read the answers. No entry, no value; no value, no field.
map $http_origin $cors_origin {
«if any»    default "*";
«if list»    default "";
«each origin»    "«origin»" "«origin»";
}

# A preflight: an OPTIONS request that names the method it asks for.
map "$request_method $http_access_control_request_method" $cors_preflight {
    default "";
    "~^OPTIONS ." 1;
}

«if credentials»
map $cors_origin $cors_credentials {
    default "";
    "~." "true";
}

«end»
«if expose»
map $cors_origin $cors_expose {
    default "";
    "~." "«exposed»";
}

«end»
map "$cors_preflight $cors_origin" $cors_methods {
    default "";
    "~^1 ." "«methods»";
}

map "$cors_preflight $cors_origin" $cors_headers {
    default "";
    "~^1 ." "«headers»";
}

map "$cors_preflight $cors_origin" $cors_max_age {
    default "";
    "~^1 ." "«max_age»";
}
"#,
        },
        PieceTemplate {
            file: "/etc/nginx/snippets/cors.conf",
            language: "nginx",
            place: "a file of its own, included below",
            text: r#"add_header Access-Control-Allow-Origin $cors_origin always;
«if credentials»add_header Access-Control-Allow-Credentials $cors_credentials always;
«if expose»add_header Access-Control-Expose-Headers $cors_expose always;
add_header Access-Control-Allow-Methods $cors_methods always;
add_header Access-Control-Allow-Headers $cors_headers always;
add_header Access-Control-Max-Age $cors_max_age always;
«if list»add_header Vary Origin always;

# What the application sends itself would be there twice.
proxy_hide_header Access-Control-Allow-Origin;
proxy_hide_header Access-Control-Allow-Credentials;
proxy_hide_header Access-Control-Allow-Methods;
proxy_hide_header Access-Control-Allow-Headers;
proxy_hide_header Access-Control-Expose-Headers;
proxy_hide_header Access-Control-Max-Age;

# No add_header in here: it would replace all those above.
if ($cors_preflight) {
    return 204;
}
"#,
        },
        PieceTemplate {
            file: "/etc/nginx/sites-available/default",
            language: "nginx",
            place: "in the server block",
            text: r#"location «path» {
    include snippets/cors.conf;
«if upstream»    proxy_pass «upstream»;
«if !upstream»    # proxy_pass, root, auth_request … as before
}
"#,
        },
    ],
    notes: &[
        "Every location that has an add_header of its own needs the include as well.",
        "Test with nginx -t, then reload.",
    ],
};
