//! The CORS-preflight cache (Fetch `#concept-cache`) as each browser really keeps it.
//!
//! Used to explain actual requests without a preflight of their own; a model, not a proof.

use super::Browser;
use super::list::ListValue;
use crate::http::{Fields, Locator, Response};
use crate::time::Timestamp;
use std::time::Duration;

/// Longest time that each browser keeps a preflight's answer.
pub const fn cap(browser: Browser) -> Duration {
    Duration::from_secs(match browser {
        Browser::Chromium => 7200,
        Browser::Firefox => 86_400,
        Browser::WebKit => 600,
    })
}

/// How long `browser` keeps an answer with these fields; zero when it keeps it not at all.
pub fn lifetime(fields: &Fields, browser: Browser) -> Duration {
    // Firefox' own default of 5 s and values up to 10 had no effect in the laboratory.
    const FIREFOX_FLOOR: u64 = 10;
    let default = Duration::from_secs(match browser {
        Browser::Chromium | Browser::WebKit => 5,
        Browser::Firefox => 0,
    });
    let Some(value) = fields.combined("access-control-max-age") else {
        return default;
    };
    let seconds = match MaxAge::parse(&value) {
        MaxAge::Negative => 0,
        MaxAge::Invalid => return default,
        MaxAge::TooLarge => match browser {
            Browser::Firefox => u64::MAX,
            Browser::Chromium | Browser::WebKit => return default,
        },
        MaxAge::Seconds(seconds) => seconds,
    };
    let seconds = match browser {
        Browser::Firefox if seconds <= FIREFOX_FLOOR => 0,
        _ => seconds,
    };
    Duration::from_secs(seconds).min(cap(browser))
}

/// The value of `Access-Control-Max-Age` as browsers read it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MaxAge {
    /// A number of seconds.
    Seconds(u64),
    /// A negative number: not kept.
    Negative,
    /// Digits beyond 63 bits.
    TooLarge,
    /// Not a number.
    Invalid,
}

impl MaxAge {
    /// Reads a (combined) value.
    pub fn parse(value: &str) -> Self {
        let digits =
            |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        if value.strip_prefix('-').is_some_and(digits) {
            return Self::Negative;
        }
        if !digits(value) {
            return Self::Invalid;
        }
        match value.parse::<i64>().map(u64::try_from) {
            Ok(Ok(seconds)) => Self::Seconds(seconds),
            _ => Self::TooLarge,
        }
    }
}

/// The preflight answers that one client keeps for one origin and URL.
#[derive(Debug, Clone, Default)]
pub struct PreflightCache {
    entries: Vec<Entry>,
}

#[derive(Debug, Clone)]
struct Entry {
    preflight: Locator,
    expires: Timestamp,
    methods: Box<str>,
    headers: Box<str>,
    /// What the actual request's mode was, where known.
    with_credentials: Option<bool>,
}

/// A request that might be covered.
#[derive(Debug, Clone, Copy)]
pub struct Wanted<'a> {
    /// Its method.
    pub method: &'a str,
    /// Its headers that need permission, in lower case.
    pub headers: &'a [String],
    /// Whether it includes credentials, where known.
    pub with_credentials: Option<bool>,
    /// When it is made.
    pub at: Timestamp,
}

impl PreflightCache {
    /// Most answers kept per URL: the latest win.
    const ENTRIES: usize = 8;

    /// Keeps a successful answer that was complete at `at`.
    pub fn keep(
        &mut self,
        preflight: Locator,
        answer: &Response,
        with_credentials: Option<bool>,
        at: Timestamp,
        browser: Browser,
    ) {
        let lifetime = lifetime(&answer.fields, browser);
        if lifetime.is_zero() {
            return;
        }
        if self.entries.len() >= Self::ENTRIES {
            self.entries.remove(0);
        }
        let text = |name| answer.fields.combined(name).unwrap_or_default().into();
        // Most have one, and there are thousands.
        self.entries.reserve_exact(1);
        self.entries.push(Entry {
            preflight,
            expires: at.after(lifetime),
            methods: text("access-control-allow-methods"),
            headers: text("access-control-allow-headers"),
            with_credentials,
        });
    }

    /// The preflight whose kept answer covers a request, latest first.
    pub fn covering(&self, wanted: &Wanted<'_>, browser: Browser) -> Option<Locator> {
        self.entries
            .iter()
            .rev()
            .find(|entry| entry.covers(wanted, browser))
            .map(|entry| entry.preflight)
    }

    /// The latest time until which an answer is kept.
    pub fn expires(&self) -> Option<Timestamp> {
        self.entries.iter().map(|entry| entry.expires).max()
    }

    /// Forgets everything.
    pub fn clear(&mut self) {
        self.entries.clear();
    }
}

impl Entry {
    fn covers(&self, wanted: &Wanted<'_>, browser: Browser) -> bool {
        wanted.at < self.expires
            && self.serves_credentials(wanted.with_credentials, browser)
            && self.covers_method(wanted.method, browser)
            && wanted
                .headers
                .iter()
                .all(|name| self.covers_header(name, browser))
    }

    /// An answer to a request with credentials serves both kinds in Chromium and WebKit; Firefox keeps them apart.
    fn serves_credentials(&self, wanted: Option<bool>, browser: Browser) -> bool {
        match (self.with_credentials, wanted) {
            (None, _) | (_, None) => true,
            (Some(own), Some(wanted)) if browser == Browser::Firefox => own == wanted,
            (Some(own), Some(wanted)) => own || !wanted,
        }
    }

    /// Whether `*` counts: never in Firefox' cache.
    fn wildcard(&self, list: &ListValue<'_>, browser: Browser) -> bool {
        browser != Browser::Firefox && list.has_wildcard() && self.with_credentials != Some(true)
    }

    fn covers_method(&self, method: &str, browser: Browser) -> bool {
        let is_exempt = match browser {
            Browser::Firefox => matches!(method, "GET" | "POST"),
            Browser::Chromium | Browser::WebKit => matches!(method, "GET" | "HEAD" | "POST"),
        };
        let methods = ListValue::new(&self.methods);
        is_exempt || methods.has(method) || self.wildcard(&methods, browser)
    }

    fn covers_header(&self, name: &str, browser: Browser) -> bool {
        let headers = ListValue::new(&self.headers);
        if headers.has_ignoring_case(name) {
            return true;
        }
        // Chromium never takes Authorization from an answer that allows it by `*` only.
        let is_excepted = name == "authorization" && browser != Browser::WebKit;
        !is_excepted && self.wildcard(&headers, browser)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAMES: [Browser; 3] = [Browser::Chromium, Browser::Firefox, Browser::WebKit];

    fn answer(fields: &[(&str, &str)]) -> Response {
        Response {
            status: 204,
            version: Default::default(),
            fields: fields.iter().copied().collect(),
            body_size: 0,
            body_head: "".into(),
            started: Default::default(),
        }
    }

    /// Preflights that two equal requests need, in each browser.
    fn preflights(
        fields: &[(&str, &str)],
        method: &str,
        names: &[&str],
        gap_ms: u64,
    ) -> [usize; 3] {
        let headers: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        NAMES.map(|browser| {
            let mut cache = PreflightCache::default();
            let start = Timestamp(0);
            let locator = Locator::Har { entry: 0 };
            cache.keep(locator, &answer(fields), Some(false), start, browser);
            let wanted = Wanted {
                method,
                headers: &headers,
                with_credentials: Some(false),
                at: start.after(Duration::from_millis(gap_ms)),
            };
            2 - usize::from(cache.covering(&wanted, browser).is_some())
        })
    }

    #[test]
    fn preflights_of_two_equal_requests_as_counted_in_the_browsers() {
        const MAX_AGE: &str = "access-control-max-age";
        let put = |age: &[&'static str], gap| {
            let mut fields = vec![
                ("access-control-allow-methods", "PUT"),
                ("access-control-allow-headers", "x-a"),
            ];
            fields.extend(age.iter().map(|age| (MAX_AGE, *age)));
            preflights(&fields, "PUT", &["x-a"], gap)
        };
        assert_eq!(put(&[], 300), [1, 2, 1]);
        assert_eq!(put(&[], 6000), [2, 2, 2]);
        assert_eq!(put(&["0"], 300), [2, 2, 2]);
        assert_eq!(put(&["-1"], 300), [2, 2, 2]);
        assert_eq!(put(&["abc"], 300), [1, 2, 1]);
        assert_eq!(put(&["600"], 300), [1, 1, 1]);
        assert_eq!(put(&["600", "600"], 6000), [2, 2, 2]);
        assert_eq!(put(&["600.5"], 6000), [2, 2, 2]);
        assert_eq!(put(&["600s"], 6000), [2, 2, 2]);
        assert_eq!(put(&["99999999999999999999999"], 6000), [2, 1, 2]);

        let stars = [
            ("access-control-allow-methods", "*"),
            ("access-control-allow-headers", "*"),
            (MAX_AGE, "600"),
        ];
        assert_eq!(preflights(&stars, "PUT", &["x-a"], 300), [1, 2, 1]);
        assert_eq!(
            preflights(&stars, "PUT", &["authorization"], 300),
            [2, 2, 1]
        );
        let listed = [("access-control-allow-headers", "x-a"), (MAX_AGE, "600")];
        assert_eq!(preflights(&listed, "HEAD", &["x-a"], 300), [1, 2, 1]);
        assert_eq!(preflights(&listed, "GET", &["x-a"], 300), [1, 1, 1]);
    }

    #[test]
    fn an_answer_for_credentials_serves_both_in_chromium_and_one_in_firefox() {
        let covers = |kept, wanted, browser| {
            let mut cache = PreflightCache::default();
            let answer = answer(&[
                ("access-control-max-age", "600"),
                ("access-control-allow-methods", "PUT"),
            ]);
            cache.keep(
                Locator::Har { entry: 0 },
                &answer,
                Some(kept),
                Timestamp(0),
                browser,
            );
            let wanted = Wanted {
                method: "PUT",
                headers: &[],
                with_credentials: Some(wanted),
                at: Timestamp(1),
            };
            cache.covering(&wanted, browser).is_some()
        };
        assert!(covers(true, false, Browser::Chromium));
        assert!(!covers(false, true, Browser::Chromium));
        assert!(!covers(true, false, Browser::Firefox));
        assert!(covers(true, true, Browser::Firefox));
    }
}
