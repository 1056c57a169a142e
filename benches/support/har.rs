//! HAR files of any size as DevTools writes them, the same for the same seed.

use std::fmt::Write as _;

/// What the entries are made of.
#[derive(Clone, Copy)]
pub(crate) enum Profile {
    /// Calls of an API across origins: small bodies, many fields.
    Api,
    /// Mostly bodies of tens of kilobytes.
    Bodies,
}

/// A generated file.
pub(crate) struct Har {
    pub(crate) text: String,
    pub(crate) entries: u64,
    pub(crate) preflights: u64,
}

/// A HAR of at least `size` bytes, indented as DevTools does or not at all.
pub(crate) fn generate(profile: Profile, size: usize, pretty: bool, seed: u64) -> Har {
    let mut random = Random(seed);
    let mut har = Har {
        text: r#"{"log":{"version":"1.2","creator":{"name":"WebInspector","version":"537.36"},"pages":[],"entries":["#.to_owned(),
        entries: 0,
        preflights: 0,
    };
    while har.text.len() < size {
        if har.entries > 0 {
            har.text.push(',');
        }
        let is_preflight = random.below(4) == 0;
        let entry = entry(&mut random, profile, har.entries, is_preflight);
        if pretty {
            indent(&entry, &mut har.text);
        } else {
            har.text.push_str(&entry);
        }
        har.entries += 1;
        har.preflights += u64::from(is_preflight);
    }
    har.text.push_str("]}}");
    har
}

fn entry(random: &mut Random, profile: Profile, index: u64, is_preflight: bool) -> String {
    let method = if is_preflight { "OPTIONS" } else { "GET" };
    let kind = if is_preflight { "preflight" } else { "fetch" };
    let asks = if is_preflight {
        r#"{"name":"Access-Control-Request-Method","value":"PUT"},"#
    } else {
        ""
    };
    let frames: String = (0..1 + random.below(6))
        .map(|line| format!(r#"{{"functionName":"f{line}","scriptId":"7","url":"https://app.example/main.js","lineNumber":{line}}},"#))
        .collect();
    let length = match profile {
        Profile::Api => 200 + random.below(800),
        Profile::Bodies => 10_000 + random.below(100_000),
    };
    let mut body = String::new();
    while (body.len() as u64) < length {
        let _ = write!(
            body,
            r#"{{\"id\":{},\"name\":\"item\"}}\n"#,
            random.below(1_000_000)
        );
    }
    let fields: String = [
        "Accept",
        "Accept-Language",
        "Cache-Control",
        "Referer",
        "User-Agent",
        "Sec-Fetch-Site",
    ]
    .iter()
    .map(|name| {
        format!(
            r#"{{"name":"{name}","value":"{:x}{:x}{:x}"}},"#,
            random.next(),
            random.next(),
            random.next()
        )
    })
    .collect();
    format!(
        r#"{{"_initiator":{{"type":"script","stack":{{"callFrames":[{frames}{{}}]}}}},"_priority":"High","_resourceType":"{kind}","cache":{{}},"connection":"443","pageref":"page_1","request":{{"method":"{method}","url":"https://api.example/items/{index}","httpVersion":"HTTP/1.1","headers":[{fields}{asks}{{"name":"Host","value":"api.example"}},{{"name":"Origin","value":"https://app.example"}}],"queryString":[],"cookies":[],"headersSize":400,"bodySize":0}},"response":{{"status":200,"statusText":"OK","httpVersion":"HTTP/1.1","headers":[{fields}{{"name":"Access-Control-Allow-Origin","value":"*"}}],"cookies":[],"content":{{"size":{length},"mimeType":"application/json","text":"{body}"}},"redirectURL":"","headersSize":300,"bodySize":{length},"_transferSize":{length},"_error":null,"_fetchedViaServiceWorker":false}},"serverIPAddress":"192.0.2.9","startedDateTime":"2026-11-20T10:00:{:02}.{:03}Z","time":{}.25,"timings":{{"blocked":1.5,"dns":-1,"ssl":-1,"connect":-1,"send":0.1,"wait":{}.0,"receive":2.5}}}}"#,
        index / 1000 % 60,
        index % 1000,
        random.below(500),
        random.below(400),
    )
}

/// Two spaces a level, as DevTools does.
fn indent(json: &str, into: &mut String) {
    let (mut depth, mut in_string, mut escaped) = (3usize, false, false);
    let line = |into: &mut String, depth: usize| {
        into.push('\n');
        into.extend(std::iter::repeat_n("  ", depth));
    };
    line(into, depth);
    for char in json.chars() {
        if in_string {
            into.push(char);
            in_string = char != '"' || escaped;
            escaped = char == '\\' && !escaped;
            continue;
        }
        match char {
            '{' | '[' => {
                into.push(char);
                depth += 1;
                line(into, depth);
            }
            '}' | ']' => {
                depth -= 1;
                line(into, depth);
                into.push(char);
            }
            ',' => {
                into.push(char);
                line(into, depth);
            }
            ':' => into.push_str(": "),
            _ => {
                in_string = char == '"';
                into.push(char);
            }
        }
    }
}

/// Marsaglia's xorshift: enough for test data.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound
    }
}
