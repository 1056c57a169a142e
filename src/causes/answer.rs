//! The fields of one exchange that cause patterns look at, found in one pass over each field section.

use super::words::has;
use crate::http::{Exchange, Names};

/// Borrowed from one exchange; `None` means that the field is absent.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Answer<'a> {
    pub(super) status: Option<u16>,
    /// First `Access-Control-Allow-Origin`.
    pub(super) allow_origin: Option<&'a str>,
    /// Lines of `Access-Control-Allow-Origin`.
    pub(super) allow_origins: u32,
    /// A second, different or equal, `Access-Control-Allow-Origin`.
    pub(super) second_origin: Option<&'a str>,
    pub(super) allow_credentials: Option<&'a str>,
    pub(super) allow_methods: Option<&'a str>,
    pub(super) allow_headers: Option<&'a str>,
    pub(super) max_age: Option<&'a str>,
    pub(super) expose_headers: bool,
    pub(super) vary_origin: bool,
    pub(super) server: Option<&'a str>,
    pub(super) via: Option<&'a str>,
    pub(super) age: Option<&'a str>,
    pub(super) cache: Option<&'a str>,
    pub(super) served_by: Option<&'a str>,
    pub(super) backend: Option<&'a str>,
    pub(super) edge: Option<&'a str>,
    pub(super) challenge: Option<&'a str>,
    pub(super) allow: Option<&'a str>,
    pub(super) content_type: Option<&'a str>,
    /// `x-amzn-*`, `x-amz-apigw-id`, `apigw-requestid`: Amazon's API Gateway or Lambda.
    pub(super) amazon_gateway: bool,
    /// Name and value of a field that a firewall or bot filter sets.
    pub(super) filter: Option<(&'static str, &'a str)>,
    /// Name and value of a field that a tunnel sets.
    pub(super) tunnel: Option<(&'static str, &'a str)>,
    pub(super) body: &'a str,
}

impl<'a> Answer<'a> {
    /// The answer of `exchange`; all absent without one.
    pub(super) fn of(exchange: &'a Exchange) -> Self {
        let mut answer = Self::default();
        if let Some(response) = &exchange.response {
            answer.status = Some(response.status);
            answer.body = &response.body_head;
            for (name, value) in response.fields.iter() {
                answer.read(name, value);
            }
            answer.filter = response.fields.find(&FILTERS);
            answer.tunnel = response.fields.find(&TUNNELS);
        }
        answer
    }

    fn read(&mut self, name: &str, value: &'a str) {
        let Some(name) = KNOWN.find(name) else {
            self.amazon_gateway |= is_of_amazon_gateway(name);
            return;
        };
        let slot = match name {
            "access-control-allow-origin" => return self.read_origin(value),
            "access-control-expose-headers" => {
                self.expose_headers = true;
                return;
            }
            "vary" => {
                self.vary_origin |= names_origin(value);
                return;
            }
            "access-control-allow-credentials" => &mut self.allow_credentials,
            "access-control-allow-methods" => &mut self.allow_methods,
            "access-control-allow-headers" => &mut self.allow_headers,
            "access-control-max-age" => &mut self.max_age,
            "server" => &mut self.server,
            "via" => &mut self.via,
            "age" => &mut self.age,
            "x-served-by" => &mut self.served_by,
            "content-type" => &mut self.content_type,
            // In these caches tell whether they held an answer.
            "x-cache" | "cf-cache-status" | "cache-status" | "x-cache-status" => &mut self.cache,
            "x-amz-cf-pop" | "cf-ray" => &mut self.edge,
            "www-authenticate" | "proxy-authenticate" => &mut self.challenge,
            "allow" | "public" => &mut self.allow,
            _ => &mut self.backend,
        };
        slot.get_or_insert(value);
    }

    fn read_origin(&mut self, value: &'a str) {
        match self.allow_origins {
            0 => self.allow_origin = Some(value),
            1 => self.second_origin = Some(value),
            _ => {}
        }
        self.allow_origins = self.allow_origins.saturating_add(1);
    }

    /// Whether any field of the CORS protocol is there.
    pub(super) fn has_cors_fields(&self) -> bool {
        self.allow_origin.is_some()
            || self.allow_credentials.is_some()
            || self.allow_methods.is_some()
            || self.allow_headers.is_some()
            || self.max_age.is_some()
            || self.expose_headers
    }

    /// Whether the answer lets `origin` pass, credentials aside.
    pub(super) fn allows(&self, origin: &str) -> bool {
        self.allow_origins == 1
            && self
                .allow_origin
                .is_some_and(|value| value == "*" || value == origin)
    }

    pub(super) fn is_html(&self) -> bool {
        self.content_type.is_some_and(|kind| has(kind, "text/html"))
            || (self.content_type.is_none()
                && (has(self.body, "<!doctype html") || has(self.body, "<html")))
    }

    /// Whether a shared cache says that it held this answer: `Some(true)` a hit, `Some(false)` a miss.
    pub(super) fn cache_hit(&self) -> Option<bool> {
        if let Some(value) = self.cache {
            let is_hit = ["hit", "stale", "revalidated", "updating"]
                .iter()
                .any(|mark| has(value, mark));
            return Some(is_hit);
        }
        let age = self.age?.parse::<u64>().ok()?;
        Some(age > 0)
    }

    /// Whether the status is an error.
    pub(super) fn is_error(&self) -> bool {
        self.status.is_some_and(|status| status >= 400)
    }
}

fn names_origin(vary: &str) -> bool {
    vary.split(',')
        .map(str::trim)
        .any(|item| item == "*" || item.eq_ignore_ascii_case("origin"))
}

fn is_of_amazon_gateway(name: &str) -> bool {
    let starts = name.get(.."x-amzn-".len());
    starts.is_some_and(|start| start.eq_ignore_ascii_case("x-amzn-"))
        || name.eq_ignore_ascii_case("x-amz-apigw-id")
        || name.eq_ignore_ascii_case("apigw-requestid")
}

/// Fields of which patterns read the value, or the presence, in a slot of their own.
static KNOWN: Names = Names::new(&[
    "access-control-allow-credentials",
    "access-control-allow-headers",
    "access-control-allow-methods",
    "access-control-allow-origin",
    "access-control-expose-headers",
    "access-control-max-age",
    "age",
    "allow",
    "cache-status",
    "cf-cache-status",
    "cf-ray",
    "content-type",
    "proxy-authenticate",
    "public",
    "server",
    "vary",
    "via",
    "www-authenticate",
    "x-amz-cf-pop",
    "x-cache",
    "x-cache-status",
    "x-served-by",
    // Names of the machine behind a load balancer.
    "x-backend",
    "x-backend-server",
    "x-instance",
    "x-pod",
    "x-server",
    "x-upstream",
]);

/// Fields that only a firewall, a bot filter or a challenge page sets.
static FILTERS: Names = Names::new(&[
    "cf-mitigated",
    "x-amzn-waf-action",
    "x-akamai-request-bc",
    "x-cdn-block",
    "x-datadome",
    "x-iinfo",
    "x-px-block",
    "x-sucuri-block",
    "x-sucuri-id",
    "x-vercel-mitigated",
]);

/// Fields that only a tunnel for development sets.
static TUNNELS: Names = Names::new(&[
    "bypass-tunnel-reminder",
    "ngrok-error-code",
    "x-loca-lt",
    "x-localtunnel-status",
    "x-ms-devtunnel-error",
]);

/// The fields of a request that patterns look at.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Asked<'a> {
    pub(super) user_agent: Option<&'a str>,
    pub(super) request_headers: Option<&'a str>,
    pub(super) has_authorization: bool,
    pub(super) no_cache: bool,
    pub(super) conditional: bool,
    pub(super) body_size: u64,
}

impl<'a> Asked<'a> {
    pub(super) fn of(exchange: &'a Exchange) -> Self {
        let mut asked = Self::default();
        let Some(request) = &exchange.request else {
            return asked;
        };
        asked.body_size = request.body_size;
        for (name, value) in request.fields.iter() {
            match name.len() {
                6 | 13
                    if name.eq_ignore_ascii_case("pragma")
                        || name.eq_ignore_ascii_case("cache-control") =>
                {
                    asked.no_cache |= has(value, "no-cache");
                }
                13 if name.eq_ignore_ascii_case("authorization") => asked.has_authorization = true,
                13 if name.eq_ignore_ascii_case("if-none-match") => asked.conditional = true,
                10 if name.eq_ignore_ascii_case("user-agent") => {
                    asked.user_agent.get_or_insert(value);
                }
                14 if name.eq_ignore_ascii_case("content-length") => {
                    if let Ok(size) = value.parse::<u64>() {
                        asked.body_size = asked.body_size.max(size);
                    }
                }
                30 if name.eq_ignore_ascii_case("access-control-request-headers") => {
                    asked.request_headers.get_or_insert(value);
                }
                _ => {}
            }
        }
        asked
    }

    /// The header names that a preflight asks for.
    pub(super) fn names(&self) -> impl Iterator<Item = &'a str> {
        self.request_headers
            .unwrap_or_default()
            .split(',')
            .map(str::trim)
            .filter(|name| !name.is_empty())
    }

    pub(super) fn asks_authorization(&self) -> bool {
        self.has_authorization
            || self
                .names()
                .any(|name| name.eq_ignore_ascii_case("authorization"))
    }
}
