// axum, actix-web, Rocket and warp: routes, an authentication layer inside of the recipe's, and a handler that fails.
import path from 'node:path';
import { PORTS, SCRATCH } from '../lib/work.mjs';

const axum = ([recipe]) => `
use axum::{Router, extract::Request, http::StatusCode, middleware::{Next, from_fn}, response::{IntoResponse, Response}, routing::get};

async fn items() -> impl IntoResponse {
    ([("x-total-count", "3")], "{}")
}

async fn authenticate(request: Request, next: Next) -> Response {
    if request.uri().path() == "/v1/private" && !request.headers().contains_key("authorization") {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    next.run(request).await
}

#[tokio::main]
async fn main() {
    let app = Router::new()
        .route("/v1/items", get(items).put(items))
        .route("/v1/private", get(items))
        .route("/v1/broken", get(|| async { StatusCode::INTERNAL_SERVER_ERROR }))
        .layer(from_fn(authenticate));
    ${recipe}
    let listener = tokio::net::TcpListener::bind("127.0.0.1:${PORTS.api}").await.expect("a free port");
    axum::serve(listener, app).await.expect("a running server");
}
`;

const actix = ([recipe]) => `
use actix_web::{App, Error, HttpResponse, HttpServer, body::MessageBody, dev::{ServiceRequest, ServiceResponse}, error, middleware::{Next, from_fn}, web};

async fn items() -> HttpResponse {
    HttpResponse::Ok().insert_header(("x-total-count", "3")).body("{}")
}

async fn broken() -> Result<HttpResponse, Error> {
    Err(error::ErrorInternalServerError("broken"))
}

async fn authenticate(request: ServiceRequest, next: Next<impl MessageBody>) -> Result<ServiceResponse<impl MessageBody>, Error> {
    if request.path() == "/v1/private" && !request.headers().contains_key("authorization") {
        return Err(error::ErrorUnauthorized("log in"));
    }
    next.call(request).await
}

#[actix_web::main]
async fn main() -> std::io::Result<()> {
    HttpServer::new(|| {
        let app = App::new()
            .route("/v1/items", web::get().to(items))
            .route("/v1/items", web::put().to(items))
            .route("/v1/private", web::get().to(items))
            .route("/v1/broken", web::get().to(broken))
            .wrap(from_fn(authenticate));
        ${recipe}
        app
    })
    .workers(1)
    .bind(("127.0.0.1", ${PORTS.api}))?
    .run()
    .await
}
`;

const rocket = ([fairing, line]) => `
#[macro_use] extern crate rocket;
${fairing && `mod cors {\n${fairing}\n}`}

use rocket::{Request, http::{Header, Status}, request::{FromRequest, Outcome}};

#[derive(rocket::Responder)]
struct Items { text: &'static str, total: Header<'static> }

fn answer() -> Items { Items { text: "{}", total: Header::new("x-total-count", "3") } }

struct User;

#[rocket::async_trait]
impl<'r> FromRequest<'r> for User {
    type Error = ();
    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, ()> {
        match request.headers().get_one("authorization") {
            Some(_) => Outcome::Success(User),
            None => Outcome::Error((Status::Unauthorized, ())),
        }
    }
}

#[get("/v1/items")] fn items() -> Items { answer() }
#[put("/v1/items")] fn put_items() -> Items { answer() }
#[get("/v1/private")] fn private(_user: User) -> Items { answer() }
#[get("/v1/broken")] fn broken() -> Status { Status::InternalServerError }

#[launch]
fn rocket() -> _ {
    let figment = rocket::Config::figment().merge(("port", ${PORTS.api})).merge(("log_level", "off")).merge(("workers", 1));
    let rocket = rocket::custom(figment).mount("/", routes![items, put_items, private, broken]);
    ${line}
    rocket
}
`;

const warp = ([recipe]) => `
use warp::{Filter, Rejection, Reply, http::StatusCode, reply::Response};

#[derive(Debug)] struct Unauthorized;
impl warp::reject::Reject for Unauthorized {}
#[derive(Debug)] struct Broken;
impl warp::reject::Reject for Broken {}

async fn answer_rejection(rejection: Rejection) -> Result<impl Reply, Rejection> {
    let status = if rejection.is_not_found() { StatusCode::NOT_FOUND }
        else if rejection.find::<Unauthorized>().is_some() { StatusCode::UNAUTHORIZED }
        else if rejection.find::<Broken>().is_some() { StatusCode::INTERNAL_SERVER_ERROR }
        else { return Err(rejection) };
    Ok(warp::reply::with_status("", status))
}

fn answer() -> Response { warp::reply::with_header("{}", "x-total-count", "3").into_response() }

#[tokio::main]
async fn main() {
    let items = warp::path!("v1" / "items").and(warp::get().or(warp::put()).unify()).map(answer);
    let private = warp::path!("v1" / "private").and(warp::get()).and(warp::header::optional::<String>("authorization"))
        .and_then(|user: Option<String>| async move { match user { Some(_) => Ok(answer()), None => Err(warp::reject::custom(Unauthorized)) } });
    let broken = warp::path!("v1" / "broken").and(warp::get()).and_then(|| async { Err::<Response, _>(warp::reject::custom(Broken)) });
    let routes = items.or(private).or(broken);
    ${recipe || 'let routes = routes.recover(answer_rejection);'}
    warp::serve(routes).run(([127, 0, 0, 1], ${PORTS.api})).await;
}
`;

const project = (id, source, dependencies, shown, mistakes = [], more = {}) => {
  const env = { CARGO_TARGET_DIR: path.join(SCRATCH, 'cargo-target') };
  const build = async (work, text) => {
    await work.write('src/main.rs', text);
    await work.run('cargo', ['build', '-q'], { env });
  };
  const start = (change = (text) => text) => async (work, pieces) => {
    await build(work, pieces ? change(source(pieces), pieces[0]) : source(['', '']));
    return work.serve(path.join(env.CARGO_TARGET_DIR, 'debug', `recipe-${id}`), []);
  };
  return {
    id,
    ...more,
    prepare: async (work) => {
      await work.write('Cargo.toml', `[package]\nname = "recipe-${id}"\nversion = "0.0.0"\nedition = "2024"\n
[dependencies]\n${dependencies.join('\n')}\n\n[profile.dev]\ndebug = false\n\n[workspace]\n`);
      await build(work, source(['', '']));
      const tree = await work.run('cargo', ['tree', '--depth', '1', '--prefix', 'none'], { env });
      return shown.map((name) => tree.match(new RegExp(`^${name} v\\S+`, 'm'))[0].replace(' v', ' ')).join(', ');
    },
    start: start(),
    mistakes: mistakes.map(([what, fault, change]) => ({ what, fault, start: start(change) })),
  };
};

export default [
  project('axum', axum, ['axum = "0.8"', 'tower-http = { version = "*", features = ["cors"] }', 'tokio = { version = "1", features = ["full"] }'], ['axum', 'tower-http'], [
    ['inside of authentication', /^401: blocked/, (text, recipe) => text.replace(recipe, '').replace('        .layer(from_fn(authenticate));', `;\n${recipe}\n    let app = app.layer(from_fn(authenticate));`)],
    ['route_layer', /^404: blocked/, (text) => text.replace('app.layer(cors)', 'app.route_layer(cors)')],
  ]),
  project('actix', actix, ['actix-web = { version = "4", default-features = false, features = ["macros"] }', 'actix-cors = "*"'], ['actix-web', 'actix-cors'], [
    ['inside of authentication', /^401: blocked/, (text, recipe) => text.replace(recipe, '').replace('            .wrap(from_fn(authenticate));', `;\n${recipe}\n        let app = app.wrap(from_fn(authenticate));`)],
  ]),
  project('rocket', rocket, ['rocket = "0.5"'], ['rocket']),
  project('warp', warp, ['warp = { version = "0.4", features = ["server"] }', 'tokio = { version = "1", features = ["full"] }'], ['warp'], [
    ['without recover', /^404: blocked/, (text) => text.replace('routes.recover(answer_rejection).with', 'routes.with')],
  ], { echoes: true, lacks: { fault: /^Vary for /, why: 'the 403 to refused origins has no `Vary`; caches do not keep it' } }),
];
