//! Next.js (API routes and route handlers): proxy.js, which is called middleware.js before Next.js 16.
//!
//! - `headers()` in next.config.js sends one fixed value and is the usual advice: it cannot list several origins, says
//!   nothing about `Vary`, and leaves preflights to routes, which answer OPTIONS with 204 or 405 of their own. It works
//!   for `*` alone.
//! - One layer writes the fields: remove them from the routes, from next.config.js and from vercel.json, or they are
//!   there twice.
//! - It runs before every route, so that a route that demands a login does not see preflights.
//! - `NextResponse.next()` without the loop below answers without the fields; so does a `return` before it.
//! - A page of the same Next.js needs none of this: call the route by its relative URL.

use super::{Kind, PieceTemplate, Platform};

pub(super) const PLATFORM: Platform = Platform {
    id: "nextjs",
    title: "Next.js",
    aliases: &["next", "next.js", "vercel"],
    kind: Kind::Framework,
    only_methods: &[],
    source: include_str!("nextjs.rs"),
    pieces: &[PieceTemplate {
        file: "proxy.js",
        language: "js",
        place: "beside app/ or pages/; before Next.js 16: middleware.js, and export function middleware",
        text: r#"import { NextResponse } from 'next/server';

«if list»const origins = [«origins'»];

export function proxy(request) {
  const isPreflight = request.method === 'OPTIONS' && request.headers.has('access-control-request-method');
  const response = isPreflight ? new NextResponse(null, { status: 204 }) : NextResponse.next();
«if list»
  const origin = request.headers.get('origin');
  response.headers.append('Vary', 'Origin');
  if (!origins.includes(origin)) return response;
  response.headers.set('Access-Control-Allow-Origin', origin);
«end»
«if any»  response.headers.set('Access-Control-Allow-Origin', '*');
«if credentials»  response.headers.set('Access-Control-Allow-Credentials', 'true');
«if expose»  response.headers.set('Access-Control-Expose-Headers', '«exposed»');
  if (isPreflight) {
    response.headers.set('Access-Control-Allow-Methods', '«methods»');
    response.headers.set('Access-Control-Allow-Headers', '«headers»');
    response.headers.set('Access-Control-Max-Age', '«max_age»');
  }
  return response;
}

export const config = { matcher: '«slashed»:path*' };
"#,
    }],
    notes: &["Remove Access-Control fields from next.config.js, vercel.json and the routes."],
};
