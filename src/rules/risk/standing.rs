//! What an origin is, seen from the server that allows it: worked out once for each pair.

use crate::cors::key;
use crate::fetch::origin::{self, Reach};
use hashbrown::HashMap;

/// What is risky about an allowed origin by itself.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Standing {
    /// It is no origin that a page should have.
    pub(crate) is_malformed: bool,
    /// An unprotected page of the internet, trusted by a server behind TLS.
    pub(crate) is_unprotected: bool,
    /// An origin of development or of a hybrid app, trusted by a public server behind TLS.
    pub(crate) is_of_development: bool,
}

/// Standings worked out so far.
#[derive(Debug, Default)]
pub(crate) struct Standings(HashMap<u64, Standing>);

/// Standings that are remembered; when there are more, it begins anew.
const MOST: usize = 16_384;

impl Standings {
    /// The standing of `page` at a server of which `site` is the origin.
    pub(crate) fn of(&mut self, page: &str, site: &str) -> Standing {
        let key = key([page.as_bytes(), site.as_bytes()]);
        if let Some(known) = self.0.get(&key) {
            return *known;
        }
        let standing = Standing::of(page, site);
        if self.0.len() >= MOST {
            self.0.clear();
        }
        self.0.insert(key, standing);
        standing
    }
}

impl Standing {
    fn of(page: &str, site: &str) -> Self {
        let is_secure = site.starts_with("https://");
        let is_public = origin::reach(page) == Some(Reach::Public);
        let is_hybrid = page.starts_with("capacitor:") || page.starts_with("ionic:");
        Self {
            is_malformed: is_malformed(page),
            is_unprotected: is_secure && page.starts_with("http://") && is_public,
            is_of_development: is_secure
                && origin::reach(site) == Some(Reach::Public)
                && (!is_public || is_hybrid),
        }
    }
}

/// No valid serialised origin, or a host with bytes that registered names have not.
fn is_malformed(page: &str) -> bool {
    let host = page.split_once("://").map_or("", |(_, rest)| rest);
    let is_address = host.starts_with('[');
    let has_odd_byte = !host
        .bytes()
        .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b".-:".contains(&byte));
    (has_odd_byte && !is_address) || origin::of_url(page).is_none_or(|own| own != page)
}
