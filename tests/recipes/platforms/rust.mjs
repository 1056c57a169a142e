// axum and actix-web: routes, an authentication layer inside of the recipe's, and a handler that fails.
import path from 'node:path';
import { PORTS, SCRATCH } from '../lib/work.mjs';

const axum = (recipe) => `
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

const actix = (recipe) => `
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

const project = (id, source, dependencies, shown) => {
  const env = { CARGO_TARGET_DIR: path.join(SCRATCH, 'cargo-target') };
  const build = async (work, recipe) => {
    await work.write('src/main.rs', source(recipe));
    await work.run('cargo', ['build', '-q'], { env });
  };
  return {
    id,
    prepare: async (work) => {
      await work.write('Cargo.toml', `[package]\nname = "recipe-${id}"\nversion = "0.0.0"\nedition = "2024"\n
[dependencies]\n${dependencies.join('\n')}\n\n[profile.dev]\ndebug = false\n\n[workspace]\n`);
      await build(work, '');
      const tree = await work.run('cargo', ['tree', '--depth', '1', '--prefix', 'none'], { env });
      return shown.map((name) => tree.match(new RegExp(`^${name} v\\S+`, 'm'))[0].replace(' v', ' ')).join(', ');
    },
    start: async (work, pieces) => {
      await build(work, pieces?.[0] ?? '');
      return work.serve(path.join(env.CARGO_TARGET_DIR, 'debug', `recipe-${id}`), []);
    },
  };
};

export default [
  project('axum', axum, ['axum = "0.8"', 'tower-http = { version = "*", features = ["cors"] }', 'tokio = { version = "1", features = ["full"] }'], ['axum', 'tower-http']),
  project('actix', actix, ['actix-web = { version = "4", default-features = false, features = ["macros"] }', 'actix-cors = "*"'], ['actix-web', 'actix-cors']),
];
