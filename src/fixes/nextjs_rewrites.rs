//! Next.js in front of an API of another origin: proxy.js forwards a folder, so that the page calls its own origin.
//!
//! - `rewrites()` in next.config.js forwards too, but passes the page's `Origin` on: an API that checks it refuses POST,
//!   PUT and DELETE, or answers 403. The recipe takes it away.
//! - Unlike the proxies of pure development servers it stays in production, where every call goes through the server.
//! - The page must call the relative URL; an absolute one goes past the proxy.
//! - Before Next.js 16 the file is middleware.js and the function `middleware`.

use super::{Kind, PieceTemplate, Platform};

pub(super) const PLATFORM: Platform = Platform {
    id: "nextjs-rewrites",
    title: "Next.js as a proxy",
    aliases: &["next-rewrites", "nextjs-proxy"],
    kind: Kind::DevProxy,
    only_methods: &[],
    source: include_str!("nextjs_rewrites.rs"),
    pieces: &[PieceTemplate {
        file: "proxy.js",
        language: "js",
        place: "beside app/ or pages/; before Next.js 16: middleware.js, and export function middleware",
        text: r#"import { NextResponse } from 'next/server';

export function proxy(request) {
  const headers = new Headers(request.headers);
  // For the API the call comes from its own origin.
  headers.delete('origin');
  const { pathname, search } = request.nextUrl;
  return NextResponse.rewrite(new URL(pathname + search, '«api»'), { request: { headers } });
}

export const config = { matcher: '«folder»/:path*' };
"#,
    }],
    notes: &["In the page call «folder»/…, without host and port."],
};
