//! What browsers do: a visit to a page whose scripts call APIs of other origins, with preflights, their cache, and faults.
//!
//! Knows nothing of packets or HAR files.

use super::body::{Body, Kind};
use super::random::Random;
use super::violation::Violation;

/// A field section.
pub type Fields = Vec<(&'static str, String)>;

/// The part that an exchange plays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// A part of the page.
    Plain,
    SameOrigin,
    /// Cross-origin, without need of a preflight.
    Simple,
    Preflight,
    Actual,
}

impl Role {
    pub fn name(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::SameOrigin => "same-origin",
            Self::Simple => "simple",
            Self::Preflight => "preflight",
            Self::Actual => "actual",
        }
    }
}

/// One request and its answer.
#[derive(Debug, Clone)]
pub struct Exchange {
    pub id: u64,
    pub role: Role,
    pub method: &'static str,
    pub scheme: &'static str,
    pub host: String,
    pub path: String,
    pub origin: Option<String>,
    pub request: Fields,
    pub request_body: Option<Body>,
    pub status: u16,
    pub response: Fields,
    pub body: Option<Body>,
    pub violation: Option<Violation>,
    /// The number of its preflight.
    pub preflight: Option<u64>,
    /// Allowed by the preflight of an earlier request.
    pub is_cached: bool,
    /// The connection of the visit that carries it, one exchange after the other.
    pub lane: usize,
    /// Nanoseconds from the end of the lane's exchange before.
    pub pause: u64,
    /// Nanoseconds that the server takes.
    pub service: u64,
}

impl Exchange {
    pub fn url(&self) -> String {
        format!("{}://{}{}", self.scheme, self.host, self.path)
    }

    pub fn rule(&self) -> Option<&'static str> {
        self.violation.and_then(Violation::rule)
    }
}

/// Connections of one visit: two to the page's host, two to each API.
pub const LANES: usize = 6;

/// What the visits of a profile are like.
#[derive(Debug, Clone)]
pub struct Habits {
    /// `http` where packets are read, `https` where the browser itself writes the HAR.
    pub scheme: &'static str,
    /// Parts of the page.
    pub parts: std::ops::Range<u64>,
    /// Calls of APIs.
    pub calls: std::ops::Range<u64>,
    /// Share of the calls that go to other origins.
    pub cross_origin: f64,
    /// Share of these with a violation.
    pub violations: f64,
    /// Median and spread of the bytes of a part.
    pub part_size: (f64, f64),
    /// Median and spread of the bytes of an answer.
    pub answer_size: (f64, f64),
    /// Share of parts of 1 to 12 MB.
    pub large: f64,
    /// Field sections as of services behind gateways: tracing, policies, limits.
    pub many_fields: bool,
}

pub const MILLI: u64 = 1_000_000;

const AGENTS: [&str; 3] = [
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36",
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36",
    "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Mobile Safari/537.36",
];
const THINGS: [&str; 8] = [
    "orders", "users", "carts", "items", "events", "prices", "reviews", "sessions",
];

/// Tells one visit after the other.
pub struct Teller {
    habits: Habits,
    next_id: u64,
    next_violation: usize,
}

impl Teller {
    pub fn new(habits: Habits) -> Self {
        Self {
            habits,
            next_id: 1,
            next_violation: 0,
        }
    }

    /// The exchanges of one visit; those of a lane in their order.
    pub fn visit(&mut self, random: &mut Random) -> Vec<Exchange> {
        let site = random.below(200);
        let host = match site % 7 {
            0 => format!("app{site}.example.com:8080"),
            _ => format!("app{site}.example.com"),
        };
        let cookie = format!(
            "sid={}; theme=dark; _ga=GA1.2.{}",
            random.hex(64),
            random.below(1 << 31)
        );
        let agent = random.pick(&AGENTS);
        let mut visit = Visit {
            origin: format!("{}://{host}", self.habits.scheme),
            apis: [
                format!("api{}.example.net", site % 40),
                format!("svc{}.example.org", site % 23),
            ],
            host,
            agent,
            cookie,
            teller: self,
            random,
            exchanges: Vec::new(),
        };
        visit.tell();
        visit.exchanges
    }

    fn id(&mut self) -> u64 {
        self.next_id += 1;
        self.next_id - 1
    }
}

struct Visit<'a> {
    teller: &'a mut Teller,
    random: &'a mut Random,
    host: String,
    origin: String,
    apis: [String; 2],
    agent: &'static str,
    cookie: String,
    exchanges: Vec<Exchange>,
}

/// A cross-origin call as a script writes it.
struct Call {
    host: String,
    path: String,
    lane: usize,
    method: &'static str,
    /// Names of the fields that need a preflight, sorted.
    unsafe_fields: Vec<&'static str>,
    has_credentials: bool,
    violation: Option<Violation>,
}

impl Visit<'_> {
    fn tell(&mut self) {
        let habits = &self.teller.habits;
        let mut parts = self.random.between(habits.parts.clone());
        let mut calls = self.random.between(habits.calls.clone());
        while parts + calls > 0 {
            if self.random.below(parts + calls) < parts {
                parts -= 1;
                self.part();
            } else {
                calls -= 1;
                if self.random.chance(self.teller.habits.cross_origin) {
                    self.cross_origin();
                } else {
                    self.same_origin();
                }
            }
        }
    }

    fn part(&mut self) {
        let (median, sigma) = self.teller.habits.part_size;
        let size = if self.random.chance(self.teller.habits.large) {
            self.random.between(1 << 20..12 << 20) as f64
        } else {
            self.random.spread(median, sigma).min(8e6)
        };
        let (media, extension, kind) = self.random.pick(&[
            ("application/javascript", "js", Kind::Text),
            ("text/css", "css", Kind::Text),
            ("image/webp", "webp", Kind::Binary),
        ]);
        let destination = ["script", "image"][usize::from(kind == Kind::Binary)];
        let body = Body::about(size, kind, self.random);
        let mut exchange = self.blank(Role::Plain, "GET");
        exchange.path = format!("/static/{}.{extension}", exchange.id);
        exchange.request = self.request_fields(destination, true);
        exchange.response.push(("Content-Type", media.to_owned()));
        exchange.status = if self.random.chance(0.04) { 304 } else { 200 };
        exchange.body = (exchange.status == 200).then_some(body);
        self.exchanges.push(exchange);
    }

    fn same_origin(&mut self) {
        let method = self.random.pick(&["GET", "GET", "POST"]);
        let mut exchange = self.blank(Role::SameOrigin, method);
        exchange.path = format!("/api/{}/{}", self.random.pick(&THINGS), exchange.id);
        exchange.request = self.request_fields("empty", true);
        if method == "POST" {
            exchange.origin = Some(self.origin.clone());
            exchange.request.push(("Origin", self.origin.clone()));
            exchange
                .request
                .push(("Content-Type", "application/json".to_owned()));
            exchange.request_body = Some(Body::about(300.0, Kind::Text, self.random));
        }
        self.answer(&mut exchange);
        self.exchanges.push(exchange);
    }

    fn cross_origin(&mut self) {
        let call = self.call();
        let stops = call.violation.is_some_and(Violation::stops_preflight);
        let mut preflight = None;
        if call.needs_preflight() && call.violation != Some(Violation::PreflightUnseen) {
            let exchange = self.preflight(&call);
            preflight = Some(exchange.id);
            self.exchanges.push(exchange);
        }
        if stops {
            return;
        }
        let repetitions = match call.violation {
            Some(Violation::PreflightExpired) => 2,
            None if preflight.is_some() && self.random.chance(0.3) => self.random.between(2..5),
            _ => 1,
        };
        for number in 0..repetitions {
            let violation = call.violation.filter(|_| number + 1 == repetitions);
            let mut exchange = self.actual(&call, violation);
            let is_late = violation == Some(Violation::PreflightExpired);
            exchange.preflight = preflight.filter(|_| !is_late);
            exchange.is_cached = number > 0 && !is_late;
            exchange.pause = match number {
                0 => 300_000,
                _ if is_late => 3000 * MILLI,
                _ => 50 * MILLI,
            };
            self.exchanges.push(exchange);
        }
    }

    fn call(&mut self) -> Call {
        let violation = self.random.chance(self.teller.habits.violations).then(|| {
            self.teller.next_violation += 1;
            Violation::ALL[self.teller.next_violation % Violation::ALL.len()]
        });
        let is_preflighted =
            violation.is_some_and(Violation::needs_preflight) || self.random.chance(0.6);
        let (method, mut unsafe_fields) = match violation {
            Some(Violation::PreflightMethod) => {
                (self.random.pick(&["PUT", "DELETE", "PATCH"]), vec![])
            }
            Some(Violation::PreflightHeader) => ("POST", vec!["content-type", "x-requested-with"]),
            Some(Violation::PreflightAuthorizationUnderWildcard) => ("GET", vec!["authorization"]),
            _ if is_preflighted => match self.random.below(5) {
                0 => ("PUT", vec!["content-type"]),
                1 => ("DELETE", vec![]),
                2 => ("PATCH", vec!["content-type", "x-csrf-token"]),
                3 => ("GET", vec!["authorization"]),
                _ => (
                    "POST",
                    vec!["authorization", "content-type", "x-requested-with"],
                ),
            },
            _ => (self.random.pick(&["GET", "GET", "POST"]), vec![]),
        };
        if self.teller.habits.many_fields && is_preflighted {
            unsafe_fields.extend(["traceparent", "x-request-id"]);
            unsafe_fields.sort_unstable();
        }
        let api = self.random.below(2) as usize;
        let has_credentials = violation
            .and_then(Violation::needs_credentials)
            .unwrap_or_else(|| self.random.chance(0.5));
        let query = match self.random.chance(0.4) {
            true => format!("?limit=50&cursor={}", self.random.hex(12)),
            false => String::new(),
        };
        Call {
            host: self.apis[api].clone(),
            // The number makes each call's URL its own.
            path: format!(
                "/v1/{}/{}{query}",
                self.random.pick(&THINGS),
                self.teller.next_id
            ),
            lane: 2 + 2 * api + self.random.below(2) as usize,
            method,
            unsafe_fields,
            has_credentials,
            violation,
        }
    }

    fn preflight(&mut self, call: &Call) -> Exchange {
        let violation = call.violation;
        let names = call.unsafe_fields.join(",");
        let mut exchange = self.cross_origin_blank(Role::Preflight, "OPTIONS", call);
        exchange.violation = violation.filter(|violation| violation.stops_preflight());
        exchange.request = self.request_fields("empty", false);
        exchange.request.push(("Origin", self.origin.clone()));
        exchange
            .request
            .push(("Access-Control-Request-Method", call.method.to_owned()));
        if !names.is_empty() {
            exchange
                .request
                .push(("Access-Control-Request-Headers", names.clone()));
        }
        exchange.status = match violation {
            Some(Violation::PreflightStatus) => self.random.pick(&[401, 403, 404, 405, 500, 502]),
            Some(Violation::PreflightRedirect) => self.random.pick(&[301, 302, 307, 308]),
            _ => self.random.pick(&[200, 204, 204]),
        };
        let is_open = !call.has_credentials && self.random.chance(0.3);
        let origin = match violation {
            Some(Violation::PreflightOriginMissing) => None,
            Some(Violation::PreflightOriginMismatch) => {
                Some(Violation::other_origin(&self.origin, self.random))
            }
            _ if is_open => Some("*".to_owned()),
            _ => Some(self.origin.clone()),
        };
        let methods = match violation {
            Some(Violation::PreflightMethod) => "GET, POST, OPTIONS",
            _ => "GET, POST, PUT, PATCH, DELETE, OPTIONS",
        };
        let headers = match violation {
            Some(Violation::PreflightAuthorizationUnderWildcard) => "*".to_owned(),
            Some(Violation::PreflightHeader) => {
                "content-type, traceparent, x-request-id".to_owned()
            }
            _ => format!(
                "content-type, {}x-trace",
                names.replace(',', ", ") + if names.is_empty() { "" } else { ", " }
            ),
        };
        let age = match violation {
            Some(Violation::PreflightExpired) => 1,
            _ => self.random.pick(&[600, 3600]),
        };
        let fields = &mut exchange.response;
        fields.extend(origin.map(|origin| ("Access-Control-Allow-Origin", origin)));
        if call.has_credentials {
            fields.push(("Access-Control-Allow-Credentials", "true".to_owned()));
        }
        fields.push(("Access-Control-Allow-Methods", methods.to_owned()));
        fields.push(("Access-Control-Allow-Headers", headers));
        fields.push(("Access-Control-Max-Age", format!("{age}")));
        fields.push(("Vary", "Origin".to_owned()));
        if violation == Some(Violation::PreflightRedirect) {
            fields.push((
                "Location",
                format!("{}://{}/login", exchange.scheme, call.host),
            ));
        }
        exchange
    }

    fn actual(&mut self, call: &Call, violation: Option<Violation>) -> Exchange {
        let role = if call.needs_preflight() {
            Role::Actual
        } else {
            Role::Simple
        };
        let mut exchange = self.cross_origin_blank(role, call.method, call);
        exchange.violation = violation;
        exchange.request = self.request_fields("empty", call.has_credentials);
        exchange.request.push(("Origin", self.origin.clone()));
        for name in &call.unsafe_fields {
            exchange.request.push(self.unsafe_field(name));
        }
        if matches!(call.method, "POST" | "PUT" | "PATCH") {
            let size = self.random.spread(350.0, 1.0);
            exchange.request_body = Some(Body::about(size, Kind::Text, self.random));
            if !call.unsafe_fields.contains(&"content-type") {
                exchange
                    .request
                    .push(("Content-Type", "text/plain;charset=UTF-8".to_owned()));
            }
        }
        self.answer(&mut exchange);
        if violation == Some(Violation::ErrorWithoutFields) {
            exchange.status = self.random.pick(&[500, 502, 503, 504]);
        }
        self.allow(&mut exchange, call, violation);
        exchange
    }

    /// What the server answers about CORS.
    fn allow(&mut self, exchange: &mut Exchange, call: &Call, violation: Option<Violation>) {
        let is_open = !call.has_credentials && self.random.chance(0.3);
        let own = || self.origin.clone();
        let origins = match violation {
            Some(Violation::OriginMissing | Violation::ErrorWithoutFields) => vec![],
            Some(Violation::OriginMismatch) => {
                vec![Violation::other_origin(&self.origin, self.random)]
            }
            Some(Violation::OriginMultiple) if self.random.chance(0.5) => vec![own(), own()],
            Some(Violation::OriginMultiple) => vec![own() + ", http://other.example.com"],
            Some(Violation::WildcardWithCredentials) => vec!["*".to_owned()],
            _ if is_open => vec!["*".to_owned()],
            _ => vec![own()],
        };
        let credentials = match violation {
            Some(Violation::CredentialsMissing | Violation::ErrorWithoutFields) => None,
            Some(Violation::CredentialsNotTrue) => Some("True"),
            _ => call.has_credentials.then_some("true"),
        };
        let fields = &mut exchange.response;
        fields.extend(
            origins
                .into_iter()
                .map(|origin| ("Access-Control-Allow-Origin", origin)),
        );
        fields.extend(
            credentials.map(|value| ("Access-Control-Allow-Credentials", value.to_owned())),
        );
        fields.push(("Vary", "Origin".to_owned()));
        if violation != Some(Violation::ErrorWithoutFields) {
            let exposed =
                "ETag, X-Request-Id, X-RateLimit-Remaining, X-Envoy-Upstream-Service-Time";
            fields.push(("Access-Control-Expose-Headers", exposed.to_owned()));
        }
    }

    /// An answer of an API.
    fn answer(&mut self, exchange: &mut Exchange) {
        let (median, sigma) = self.teller.habits.answer_size;
        let size = self.random.spread(median, sigma).min(4e6);
        exchange.status = if self.random.chance(0.03) { 404 } else { 200 };
        exchange.body = Some(Body::about(size, Kind::Text, self.random));
        exchange
            .response
            .push(("Content-Type", "application/json".to_owned()));
    }

    fn cross_origin_blank(&mut self, role: Role, method: &'static str, call: &Call) -> Exchange {
        Exchange {
            host: call.host.clone(),
            path: call.path.clone(),
            origin: Some(self.origin.clone()),
            lane: call.lane,
            ..self.blank(role, method)
        }
    }

    /// An exchange with the page's host that still says nothing.
    fn blank(&mut self, role: Role, method: &'static str) -> Exchange {
        Exchange {
            id: self.teller.id(),
            role,
            method,
            scheme: self.teller.habits.scheme,
            host: self.host.clone(),
            path: String::new(),
            origin: None,
            request: Vec::new(),
            request_body: None,
            status: 200,
            response: self.response_fields(),
            body: None,
            violation: None,
            preflight: None,
            is_cached: false,
            lane: self.random.below(2) as usize,
            pause: (self.random.spread(2.0, 1.0).min(200.0) * MILLI as f64) as u64,
            service: (self.random.spread(15.0, 1.0).min(2000.0) * MILLI as f64) as u64,
        }
    }
}

impl Call {
    fn needs_preflight(&self) -> bool {
        !self.unsafe_fields.is_empty() || !matches!(self.method, "GET" | "HEAD" | "POST")
    }
}

/// The fields that have nothing to do with the story, but make up most of the bytes.
impl Visit<'_> {
    fn request_fields(&mut self, destination: &str, has_cookie: bool) -> Fields {
        let accept = match destination {
            "image" => "image/avif,image/webp,image/apng,*/*;q=0.8",
            "script" => "*/*",
            _ => "application/json, text/plain, */*",
        };
        let mut fields: Fields = vec![
            ("Connection", "keep-alive".to_owned()),
            ("User-Agent", self.agent.to_owned()),
            ("Accept", accept.to_owned()),
            ("Referer", format!("{}/", self.origin)),
            ("Accept-Encoding", "gzip, deflate".to_owned()),
            ("Accept-Language", "en-US,en;q=0.9,de;q=0.8".to_owned()),
        ];
        // Browsers say more of themselves where nobody else can read it.
        if self.teller.habits.scheme == "https" {
            let mode = if destination == "empty" {
                "cors"
            } else {
                "no-cors"
            };
            fields.push(("Sec-Fetch-Mode", mode.to_owned()));
            fields.push(("Sec-Fetch-Dest", destination.to_owned()));
            let brands =
                "\"Chromium\";v=\"142\", \"Google Chrome\";v=\"142\", \"Not_A Brand\";v=\"99\"";
            fields.push(("sec-ch-ua", brands.to_owned()));
            fields.push(("sec-ch-ua-mobile", "?0".to_owned()));
            fields.push(("sec-ch-ua-platform", "\"Linux\"".to_owned()));
        }
        if has_cookie {
            fields.push(("Cookie", self.cookie.clone()));
        }
        fields
    }

    fn response_fields(&mut self) -> Fields {
        let mut fields: Fields = vec![
            ("Date", "Tue, 14 Nov 2023 22:13:20 GMT".to_owned()),
            (
                "Server",
                self.random.pick(&["nginx/1.28.0", "envoy"]).to_owned(),
            ),
            ("Connection", "keep-alive".to_owned()),
        ];
        if !self.teller.habits.many_fields {
            fields.push(("Cache-Control", "max-age=3600".to_owned()));
            fields.push(("ETag", format!("\"{}\"", self.random.hex(20))));
            return fields;
        }
        let policy = "default-src 'self'; img-src 'self' data:; script-src 'self'; style-src 'self'; frame-ancestors 'none'";
        fields.extend([
            ("X-Request-Id", self.random.hex(32)),
            (
                "X-Envoy-Upstream-Service-Time",
                format!("{}", self.random.below(300)),
            ),
            (
                "Strict-Transport-Security",
                "max-age=31536000; includeSubDomains".to_owned(),
            ),
            ("X-Content-Type-Options", "nosniff".to_owned()),
            ("X-Frame-Options", "SAMEORIGIN".to_owned()),
            (
                "Cache-Control",
                "no-cache, no-store, max-age=0, must-revalidate".to_owned(),
            ),
            ("Content-Security-Policy", policy.to_owned()),
            (
                "X-RateLimit-Remaining",
                format!("{}", self.random.below(5000)),
            ),
        ]);
        fields
    }

    fn unsafe_field(&mut self, name: &str) -> (&'static str, String) {
        match name {
            "authorization" => ("Authorization", format!("Bearer {}", self.random.hex(120))),
            "content-type" => ("Content-Type", "application/json".to_owned()),
            "traceparent" => (
                "traceparent",
                format!("00-{}-{}-01", self.random.hex(32), self.random.hex(16)),
            ),
            "x-csrf-token" => ("X-CSRF-Token", self.random.hex(32)),
            "x-request-id" => ("X-Request-ID", self.random.hex(32)),
            _ => ("X-Requested-With", "XMLHttpRequest".to_owned()),
        }
    }
}
