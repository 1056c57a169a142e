//! Caddy 2: matchers pick the origin, `header` with `defer` writes the fields, `respond` answers preflights.
//!
//! - Outside of `route` Caddy sorts directives: `basic_auth` and `forward_auth` come before `respond`, so preflights
//!   would get 401. In `route` they run as written; the import must be the first line.
//! - Deferred changes are made when the answer begins, the last written first: the application's fields go, then ours
//!   come.
//! - An error of Caddy's own (502 when the application is down) leaves the route: `handle_errors` needs the fields too.

use super::{Kind, PieceTemplate, Platform, Tried};

pub(super) const PLATFORM: Platform = Platform {
    id: "caddy",
    title: "Caddy",
    aliases: &["caddyserver", "frankenphp"],
    kind: Kind::Server,
    tried: Tried::Not,
    only_methods: &[],
    source: include_str!("caddy.rs"),
    pieces: &[
        PieceTemplate {
            file: "Caddyfile",
            language: "caddyfile",
            place: "at the top, outside of any site",
            text: r#"(cors_fields) {
«if list»
	# The origins that may read the answers.
	@cors_allowed {
«each origin»		header Origin «origin»
	}
«end»
«if any»
	@cors_allowed {
		header Origin *
	}
«end»
	header @cors_allowed {
«if list»		Access-Control-Allow-Origin {http.request.header.Origin}
«if any»		Access-Control-Allow-Origin *
«if credentials»		Access-Control-Allow-Credentials true
«if expose»		Access-Control-Expose-Headers "«exposed»"
		defer
	}
	# Done before the block above: what the application sends itself would be there twice.
	header {
		-Access-Control-Allow-Origin
		-Access-Control-Allow-Credentials
		-Access-Control-Allow-Methods
		-Access-Control-Allow-Headers
		-Access-Control-Expose-Headers
		-Access-Control-Max-Age
		+Vary Origin
		defer
	}
}

(cors) {
	# A preflight: an OPTIONS request that names the method it asks for.
	@cors_preflight {
		method OPTIONS
		header Access-Control-Request-Method *
	}
	header @cors_preflight {
		Access-Control-Allow-Methods "«methods»"
		Access-Control-Allow-Headers "«headers»"
		Access-Control-Max-Age «max_age»
		defer
	}
	import cors_fields
	respond @cors_preflight 204
}
"#,
        },
        PieceTemplate {
            file: "Caddyfile",
            language: "caddyfile",
            place: "the site",
            text: r#"«api» {
	route «path»* {
		import cors
«if upstream»		reverse_proxy «upstream»
«if !upstream»		# basic_auth, reverse_proxy, file_server … as before
	}
	handle_errors {
		import cors_fields
	}
}
"#,
        },
    ],
    notes: &["Test with caddy validate, then caddy reload."],
};
