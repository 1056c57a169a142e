//! Cloudflare Workers: code in front of the origin server; for what is behind Cloudflare and cannot be changed as well.
//!
//! - Challenge and block pages of the firewall (`cf-mitigated`) have no CORS fields, whatever the Worker says: exempt
//!   the API from them.
//! - Access answers preflights with a redirect to its login: turn on "bypass OPTIONS requests to origin" for it.
//! - Answers of `fetch` are immutable: copy before changing fields.
//! - An uncaught exception is answered by Cloudflare (1101), without fields: hence the `catch`.

use super::{Kind, PieceTemplate, Platform, Tried};

pub(super) const PLATFORM: Platform = Platform {
    id: "cloudflare-workers",
    title: "Cloudflare Workers",
    aliases: &[
        "cloudflare",
        "workers",
        "worker",
        "cf-workers",
        "pages-functions",
    ],
    kind: Kind::Cloud,
    tried: Tried::Not,
    only_methods: &[],
    source: include_str!("cloudflare_workers.rs"),
    pieces: &[PieceTemplate {
        file: "src/index.js",
        language: "js",
        place: "the whole Worker; handle is what it did before",
        text: r#"«if list»const allowed = new Set([«origins'»]);
const ours = ['Origin', 'Credentials', 'Methods', 'Headers'].map((name) => `Access-Control-Allow-${name}`)
  .concat('Access-Control-Expose-Headers', 'Access-Control-Max-Age');

export default {
  async fetch(request, env, context) {
    const isPreflight = request.method === 'OPTIONS' && request.headers.has('Access-Control-Request-Method');
    let answer;
    try {
      answer = isPreflight ? new Response(null, { status: 204 }) : await handle(request, env, context);
    } catch (error) {
      console.error(error);
      answer = new Response('', { status: 500 });
    }
    answer = new Response(answer.body, answer);
    for (const name of ours) answer.headers.delete(name); // what the origin server sent would be there twice
«if list»
    answer.headers.append('Vary', 'Origin');
    const origin = request.headers.get('Origin');
    if (!allowed.has(origin)) return answer;
    answer.headers.set('Access-Control-Allow-Origin', origin);
«end»
«if any»    answer.headers.set('Access-Control-Allow-Origin', '*');
«if credentials»    answer.headers.set('Access-Control-Allow-Credentials', 'true');
«if expose»    answer.headers.set('Access-Control-Expose-Headers', '«exposed»');
    if (isPreflight) {
      answer.headers.set('Access-Control-Allow-Methods', '«methods»');
      answer.headers.set('Access-Control-Allow-Headers', '«headers»');
      answer.headers.set('Access-Control-Max-Age', '«max_age»');
    }
    return answer;
  },
};

async function handle(request, env, context) {
  return fetch(request);
}
"#,
    }],
    notes: &["«if prefix»Give the Worker the route «api»«path»* without the scheme."],
};
