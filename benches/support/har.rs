//! Stories → a HAR file as DevTools exports it, written as a stream.

use super::body::{Body, Kind, Pool};
use super::frames::EPOCH;
use super::json::Json;
use super::random::Random;
use super::story::{Exchange, Habits, LANES, MILLI, Role, Teller};
use super::truth::{self, Captured, Totals};
use std::io::{self, Write};

/// What a HAR file is like.
#[derive(Debug, Clone)]
pub struct Shape {
    pub habits: Habits,
    pub is_pretty: bool,
}

impl Shape {
    /// The shape called `name`: `api`, `minified` or `bodies`.
    pub fn named(name: &str) -> Option<Self> {
        let api = Self {
            habits: Habits {
                scheme: "https",
                parts: 0..3,
                calls: 20..60,
                cross_origin: 0.75,
                violations: 0.03,
                part_size: (2_500.0, 1.3),
                answer_size: (450.0, 0.9),
                large: 0.0,
                many_fields: true,
            },
            is_pretty: true,
        };
        Some(match name {
            "api" => api,
            "minified" => Self {
                is_pretty: false,
                ..api
            },
            "bodies" => Self {
                habits: Habits {
                    parts: 8..40,
                    calls: 4..24,
                    violations: 0.1,
                    part_size: (45_000.0, 1.4),
                    answer_size: (6_000.0, 1.1),
                    large: 0.01,
                    ..api.habits
                },
                ..api
            },
            _ => return None,
        })
    }
}

/// Writes a HAR of about `size` bytes to `out` and a line for each exchange to `truth`.
pub fn write(
    shape: &Shape,
    size: u64,
    seed: u64,
    out: &mut dyn Write,
    truth: &mut dyn Write,
) -> io::Result<Totals> {
    let pool = Pool::new(seed);
    let mut random = Random::new(seed);
    let mut teller = Teller::new(shape.habits.clone());
    let mut json = Json::new(shape.is_pretty);
    let mut totals = Totals::default();
    let mut visits = 0;
    let mut now = EPOCH;
    preamble(&mut json);
    while totals.bytes + (json.text.len() as u64) < size {
        visits += 1;
        let mut timed = timed(teller.visit(&mut random), now, &mut random);
        timed.sort_by_key(|(at, _, _)| *at);
        for (at, receive, exchange) in &timed {
            json.item();
            entry(
                exchange,
                *at,
                *receive,
                visits,
                &pool,
                &mut random,
                &mut json,
            );
            totals.count(exchange, Captured::Whole);
            writeln!(
                truth,
                "{}",
                truth::line(exchange, *at, None, Captured::Whole)
            )?;
            if json.text.len() > 1 << 20 {
                flush(&mut json, out, &mut totals)?;
            }
        }
        now = timed.last().map_or(now, |(at, _, _)| *at) + 1000 * MILLI;
    }
    json.end(b']');
    json.end(b'}');
    json.end(b'}');
    flush(&mut json, out, &mut totals)?;
    Ok(totals)
}

/// A HAR whose one answer has a body of about `size` bytes.
pub fn write_one_body(size: u64, seed: u64, out: &mut dyn Write) -> io::Result<Totals> {
    let pool = Pool::new(seed);
    let mut random = Random::new(seed);
    let Some(shape) = Shape::named("api") else {
        return Ok(Totals::default());
    };
    let visit = Teller::new(shape.habits).visit(&mut random);
    let mut json = Json::new(true);
    let mut totals = Totals::default();
    preamble(&mut json);
    for (index, mut exchange) in visit.into_iter().enumerate() {
        if index == 0 {
            exchange.body = Some(Body::about(size as f64, Kind::Text, &mut random));
        }
        json.item();
        let at = EPOCH + index as u64 * 100 * MILLI;
        entry(&exchange, at, MILLI, 1, &pool, &mut random, &mut json);
        totals.count(&exchange, Captured::Whole);
        flush(&mut json, out, &mut totals)?;
    }
    json.end(b']');
    json.end(b'}');
    json.end(b'}');
    flush(&mut json, out, &mut totals)?;
    Ok(totals)
}

fn flush(json: &mut Json, out: &mut dyn Write, totals: &mut Totals) -> io::Result<()> {
    out.write_all(&json.text)?;
    totals.bytes += json.text.len() as u64;
    json.text.clear();
    Ok(())
}

/// When each exchange begins, and how long its answer takes to arrive.
fn timed(visit: Vec<Exchange>, begin: u64, random: &mut Random) -> Vec<(u64, u64, Exchange)> {
    let mut free = [begin; LANES];
    let time = |exchange: Exchange| {
        let at = free[exchange.lane] + exchange.pause;
        let receive = (random.spread(2.0, 1.0).min(500.0) * MILLI as f64) as u64;
        free[exchange.lane] = at + exchange.service + receive;
        (at, receive, exchange)
    };
    visit.into_iter().map(time).collect()
}

fn preamble(json: &mut Json) {
    json.begin(b'{');
    json.key("log");
    json.begin(b'{');
    json.text("version", "1.2");
    json.key("creator");
    json.object(|json| {
        json.text("name", "WebInspector");
        json.text("version", "537.36");
    });
    json.key("pages");
    json.list(|_| ());
    json.key("entries");
    json.begin(b'[');
}

fn entry(
    exchange: &Exchange,
    at: u64,
    receive: u64,
    visit: u64,
    pool: &Pool,
    random: &mut Random,
    json: &mut Json,
) {
    json.object(|json| {
        json.key("_initiator");
        json.object(|json| initiator(exchange, random, json));
        json.text("_priority", "High");
        let kind = match exchange.role {
            Role::Preflight => "preflight",
            Role::Plain => "script",
            _ => "fetch",
        };
        json.text("_resourceType", kind);
        json.key("cache");
        json.object(|_| ());
        json.text("connection", &format!("{}", 1000 + exchange.lane));
        json.text("pageref", &format!("page_{visit}"));
        json.key("request");
        json.object(|json| request(exchange, pool, json));
        json.key("response");
        json.object(|json| response(exchange, pool, json));
        json.text("serverIPAddress", "198.51.100.9");
        json.text("startedDateTime", &date(at));
        let (wait, receive) = (exchange.service as f64 / 1e6, receive as f64 / 1e6);
        json.plain("time", wait + receive);
        json.key("timings");
        json.object(|json| {
            json.plain("blocked", receive / 3.0);
            for name in ["dns", "ssl", "connect"] {
                json.plain(name, -1);
            }
            json.plain("send", "0.09300000000000008");
            json.plain("wait", wait);
            json.plain("receive", receive);
            json.plain("_blocked_queueing", "1.3599999947473407");
            for name in [
                "_workerStart",
                "_workerReady",
                "_workerFetchStart",
                "_workerRespondWithSettled",
            ] {
                json.plain(name, -1);
            }
        });
    });
}

/// What made the browser ask: for most, a stack of script calls.
fn initiator(exchange: &Exchange, random: &mut Random, json: &mut Json) {
    if exchange.role == Role::Preflight {
        json.text("type", "preflight");
        json.text("url", &exchange.url());
        return;
    }
    let referer = exchange.request.iter().find(|(name, _)| *name == "Referer");
    let script = format!("{}static/main.js", referer.map_or("", |(_, value)| value));
    json.text("type", "script");
    json.key("stack");
    json.object(|json| {
        json.key("callFrames");
        json.list(|json| {
            for _ in 0..random.between(1..7) {
                json.item();
                json.object(|json| {
                    json.text(
                        "functionName",
                        random.pick(&["", "request", "dispatch", "(anonymous)"]),
                    );
                    json.text("scriptId", &format!("{}", random.below(300)));
                    json.text("url", &script);
                    json.plain("lineNumber", random.below(3));
                    json.plain("columnNumber", random.below(200_000));
                });
            }
        });
    });
}

fn request(exchange: &Exchange, pool: &Pool, json: &mut Json) {
    json.text("method", exchange.method);
    json.text("url", &exchange.url());
    json.text("httpVersion", "HTTP/1.1");
    json.key("headers");
    json.list(|json| {
        pair(json, "Host", &exchange.host);
        exchange
            .request
            .iter()
            .for_each(|(name, value)| pair(json, name, value));
    });
    json.key("queryString");
    json.list(|json| {
        let query = exchange.path.split_once('?').map_or("", |(_, query)| query);
        pairs(query, "&").for_each(|(name, value)| pair(json, name, value));
    });
    json.key("cookies");
    json.list(|json| {
        let cookies = exchange
            .request
            .iter()
            .filter(|(name, _)| *name == "Cookie");
        for (name, value) in cookies.flat_map(|(_, value)| pairs(value, "; ")) {
            json.item();
            json.object(|json| {
                json.text("name", name);
                json.text("value", value);
                json.text("path", "/");
                json.text("domain", ".example.com");
                json.text("expires", "2026-12-18T22:13:20.000Z");
                json.plain("httpOnly", false);
                json.plain("secure", false);
            });
        }
    });
    json.plain("headersSize", 640);
    json.plain("bodySize", exchange.request_body.map_or(0, Body::len));
    if let Some(body) = exchange.request_body {
        json.key("postData");
        json.object(|json| {
            let media = exchange
                .request
                .iter()
                .find(|(name, _)| *name == "Content-Type");
            json.text("mimeType", media.map_or("", |(_, value)| value));
            json.escaped("text", pool.written(body));
        });
    }
}

fn response(exchange: &Exchange, pool: &Pool, json: &mut Json) {
    let size = exchange.body.map_or(0, Body::len);
    json.plain("status", exchange.status);
    json.text("statusText", "Reason");
    json.text("httpVersion", "HTTP/1.1");
    json.key("headers");
    json.list(|json| {
        exchange
            .response
            .iter()
            .for_each(|(name, value)| pair(json, name, value));
        pair(json, "Content-Length", &format!("{size}"));
    });
    json.key("cookies");
    json.list(|_| ());
    json.key("content");
    json.object(|json| {
        json.plain("size", size);
        json.text(
            "mimeType",
            exchange.body.map_or("x-unknown", |body| media(body.kind)),
        );
        if let Some(body) = exchange.body {
            json.escaped("text", pool.written(body));
            if body.kind == Kind::Binary {
                json.text("encoding", "base64");
            }
        }
    });
    let location = exchange
        .response
        .iter()
        .find(|(name, _)| *name == "Location");
    json.text("redirectURL", location.map_or("", |(_, value)| value));
    json.plain("headersSize", 720);
    json.plain("bodySize", size);
    json.plain("_transferSize", size + 720);
    json.plain("_error", "null");
    json.plain("_fetchedViaServiceWorker", false);
}

fn media(kind: Kind) -> &'static str {
    match kind {
        Kind::Text => "application/json",
        Kind::Binary => "image/webp",
    }
}

fn pair(json: &mut Json, name: &str, value: &str) {
    json.item();
    json.object(|json| {
        json.text("name", name);
        json.text("value", value);
    });
}

fn pairs<'a>(text: &'a str, between: &'a str) -> impl Iterator<Item = (&'a str, &'a str)> {
    text.split(between)
        .filter(|pair| !pair.is_empty())
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
}

/// RFC 3339 with milliseconds, from nanoseconds since 1970.
fn date(at: u64) -> String {
    let timestamp = jiff::Timestamp::from_nanosecond(i128::from(at)).unwrap_or_default();
    format!("{timestamp:.3}")
}
