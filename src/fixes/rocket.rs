//! Rocket: a fairing on the instance, which sees every answer and turns the router's 404 for OPTIONS into a preflight's.
//!
//! - Rocket routes OPTIONS to no handler of GET or PUT: without the fairing preflights get 404.
//! - Catchers (404, 500) and failing request guards (401) pass the fairing too. A header set in a handler or a responder
//!   does not reach them.
//! - The crate rocket_cors does the same with more options; use one of the two.

use super::{Kind, PieceTemplate, Platform};

pub(super) const PLATFORM: Platform = Platform {
    id: "rocket",
    title: "Rocket",
    aliases: &["rocket.rs", "rocket_cors"],
    kind: Kind::Framework,
    only_methods: &[],
    source: include_str!("rocket.rs"),
    pieces: &[
        PieceTemplate {
            file: "src/cors.rs",
            language: "rust",
            place: "a module of its own",
            text: r#"use rocket::fairing::{Fairing, Info, Kind};
use rocket::http::{Method, Status};
use rocket::{Request, Response};

«if list»const ORIGINS: &[&str] = &[«origins"»];

pub struct Cors;

#[rocket::async_trait]
impl Fairing for Cors {
    fn info(&self) -> Info {
        Info { name: "CORS", kind: Kind::Response }
    }

    async fn on_response<'r>(&self, request: &'r Request<'_>, response: &mut Response<'r>) {
        let fields = request.headers();
        let is_preflight = request.method() == Method::Options && fields.contains("Access-Control-Request-Method");
        if is_preflight {
            // No route takes OPTIONS: what the router says is of no interest.
            *response = Response::build().status(Status::NoContent).finalize();
        }
«if list»
        response.adjoin_raw_header("Vary", "Origin");
        let Some(origin) = fields.get_one("Origin").filter(|origin| ORIGINS.contains(origin)) else {
            return;
        };
        response.set_raw_header("Access-Control-Allow-Origin", origin);
«end»
«if any»        response.set_raw_header("Access-Control-Allow-Origin", "*");
«if credentials»        response.set_raw_header("Access-Control-Allow-Credentials", "true");
«if expose»        response.set_raw_header("Access-Control-Expose-Headers", "«exposed»");
        if is_preflight {
            response.set_raw_header("Access-Control-Allow-Methods", "«methods»");
            response.set_raw_header("Access-Control-Allow-Headers", "«headers»");
            response.set_raw_header("Access-Control-Max-Age", "«max_age»");
        }
    }
}
"#,
        },
        PieceTemplate {
            file: "src/main.rs",
            language: "rust",
            place: "where the instance is built",
            text: r#"let rocket = rocket.attach(cors::Cors); // with: mod cors;
"#,
        },
    ],
    notes: &["«if prefix»It covers all paths."],
};
