//! Patterns of a policy file: origins, hosts and paths with `*`.
//!
//! No regular expressions: what stands in a policy must be so plain that nobody trusts an origin by mistake.

/// An origin, or a host, with `*` for a part of one label.
///
/// `*` stands for one or more letters, digits, `-` and `_`: `https://*.example.com` is neither `https://example.com`
/// nor `https://a.b.example.com`, and never `https://example.com.evil.test`. As a port it stands for any port.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LabelPattern(String);

impl LabelPattern {
    /// Takes the text as it stands.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// Whether the whole of `text` matches.
    pub fn matches(&self, text: &str) -> bool {
        let is_label = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
        matches(&self.0, text, is_label, false)
    }

    /// As it was written.
    pub fn text(&self) -> &str {
        &self.0
    }

    /// Whether the host of `site` (an origin) matches. A pattern without port is for any port, one with a scheme is for
    /// that origin alone.
    pub fn matches_host_of(&self, site: &str) -> bool {
        if self.0.contains("://") {
            return self.matches(site);
        }
        let host = site.split_once("://").map_or(site, |(_, host)| host);
        let bare = match host.rsplit_once(':') {
            Some((bare, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => bare,
            _ => host,
        };
        self.matches(host) || self.matches(bare)
    }
}

/// A path with `*` for anything, slashes included: `/api/*`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PathPattern(String);

impl PathPattern {
    /// Takes the text as it stands.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// Whether the whole of `path` matches.
    pub fn matches(&self, path: &str) -> bool {
        matches(&self.0, path, |_| true, true)
    }
}

/// Whether `text` is `pattern` with runs of `accepted` bytes for its stars.
///
/// Time is the product of the lengths, whatever the stars: `reached` holds where in `text` the pattern so far can end.
fn matches(pattern: &str, text: &str, accepted: impl Fn(u8) -> bool, may_be_empty: bool) -> bool {
    let mut reached = vec![false; text.len() + 1];
    if let Some(start) = reached.first_mut() {
        *start = true;
    }
    for wanted in pattern.bytes() {
        let mut next = Vec::with_capacity(reached.len());
        let is_star = wanted == b'*';
        let mut here = is_star && may_be_empty && reached.first() == Some(&true);
        next.push(here);
        for (byte, before) in text.bytes().zip(reached.windows(2)) {
            let (was, is) = match before {
                [was, is] => (*was, *is),
                _ => (false, false),
            };
            here = match is_star {
                true => ((was || here) && accepted(byte)) || (may_be_empty && is),
                false => was && byte == wanted,
            };
            next.push(here);
        }
        reached = next;
    }
    reached.last() == Some(&true)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn origin(pattern: &str, origin: &str) -> bool {
        LabelPattern::new(pattern).matches(origin)
    }

    #[test]
    fn a_star_is_one_label_or_a_part_of_it() {
        assert!(origin("https://*.example.com", "https://a.example.com"));
        assert!(origin(
            "https://pr-*.example.com",
            "https://pr-7.example.com"
        ));
        assert!(origin("https://*-*.a.test", "https://x-y-z.a.test"));
        assert!(origin("http://localhost:*", "http://localhost:3000"));
        for stranger in [
            "https://example.com",
            "https://.example.com",
            "https://a.b.example.com",
            "https://a.example.com.evil.test",
            "http://a.example.com",
            "https://a.example.com:8443",
            "https://evil.test/.example.com",
            "https://aXexample.com",
        ] {
            assert!(!origin("https://*.example.com", stranger), "{stranger}");
        }
    }

    #[test]
    fn a_path_pattern_goes_on_over_slashes() {
        let api = PathPattern::new("/api/*");
        assert!(api.matches("/api/") && api.matches("/api/users/7"));
        assert!(!api.matches("/apis") && !api.matches("/x/api/"));
        assert!(PathPattern::new("/*/public").matches("/v1/a/public"));
    }

    #[test]
    fn a_host_without_port_is_for_any_port() {
        let host = LabelPattern::new("api.test");
        assert!(host.matches_host_of("https://api.test:8443"));
        assert!(host.matches_host_of("https://api.test"));
        assert!(!host.matches_host_of("https://x.api.test"));
        assert!(!LabelPattern::new("api.test:1").matches_host_of("http://api.test:2"));
        assert!(LabelPattern::new("[::1]").matches_host_of("http://[::1]:80"));
    }

    #[test]
    fn a_host_with_a_scheme_is_for_that_origin_alone() {
        let host = LabelPattern::new("https://api.test");
        assert!(host.matches_host_of("https://api.test"));
        assert!(!host.matches_host_of("http://api.test"));
        assert!(!host.matches_host_of("https://api.test:8443"));
    }

    proptest::proptest! {
        #[test]
        fn a_text_without_star_matches_itself_alone(text in "[a-z:/.-]{0,12}", other in "[a-z:/.-]{0,12}") {
            proptest::prop_assert!(origin(&text, &text));
            proptest::prop_assert_eq!(origin(&text, &other), text == other);
        }
    }
}
