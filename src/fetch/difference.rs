//! In what an `Access-Control-Allow-Origin` value differs from the origin that it should equal.

use super::origin;
use url::Url;

/// The kind of difference: what the reader must change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Difference {
    /// Same but for capital letters in scheme or host.
    HostCase,
    /// `localhost` on one side, `127.0.0.1` or `[::1]` on the other.
    LocalhostVsLoopback,
    /// The value is `null`.
    Null,
    /// The request's origin is `null`, the value is a real origin.
    OriginIsNull,
    /// The value has a path.
    Path,
    /// Only the port differs.
    Port,
    /// Only the scheme differs (with its default port).
    Scheme,
    /// One host is a subdomain of the other, or both are siblings.
    Subdomain,
    /// The value ends in a slash.
    TrailingSlash,
    /// Nothing in common.
    Unrelated,
    /// A pattern such as `https://*.example.com`, which browsers take literally.
    WildcardPattern,
    /// `www.` on one side only.
    WwwVsApex,
}

impl Difference {
    /// Compares a value with the origin of the request. Both are as they stand on the wire.
    pub fn between(value: &str, wanted: &str) -> Self {
        if value.eq_ignore_ascii_case(origin::NULL) {
            return Self::Null;
        }
        if wanted == origin::NULL {
            return Self::OriginIsNull;
        }
        if value.contains('*') {
            return Self::WildcardPattern;
        }
        if value.strip_suffix('/') == Some(wanted) {
            return Self::TrailingSlash;
        }
        if value.eq_ignore_ascii_case(wanted) {
            return Self::HostCase;
        }
        let (Ok(value), Ok(wanted)) = (Url::parse(value), Url::parse(wanted)) else {
            return Self::Unrelated;
        };
        between_urls(&value, &wanted)
    }

    /// The name for machines: `trailing-slash`.
    pub fn name(self) -> &'static str {
        match self {
            Self::HostCase => "host-case",
            Self::LocalhostVsLoopback => "localhost-vs-127",
            Self::Null => "null",
            Self::OriginIsNull => "origin-is-null",
            Self::Path => "path",
            Self::Port => "port",
            Self::Scheme => "scheme",
            Self::Subdomain => "subdomain",
            Self::TrailingSlash => "trailing-slash",
            Self::Unrelated => "unrelated",
            Self::WildcardPattern => "wildcard-subdomain-literal",
            Self::WwwVsApex => "www-vs-apex",
        }
    }

    /// For the reader, after "`X` is not `Y`: ".
    pub fn text(self) -> &'static str {
        match self {
            Self::HostCase => "only capital letters differ, and browsers compare byte for byte",
            Self::LocalhostVsLoopback => "localhost and 127.0.0.1 are different origins",
            Self::Null => "null allows opaque origins only",
            Self::OriginIsNull => "the request comes from an opaque origin",
            Self::Path => "an origin has no path",
            Self::Port => "only the port differs",
            Self::Scheme => "only the scheme differs",
            Self::Subdomain => "another subdomain of the same domain is another origin",
            Self::TrailingSlash => "an origin has no slash at its end",
            Self::Unrelated => "it is another site's origin",
            Self::WildcardPattern => "browsers know no patterns, the star is taken literally",
            Self::WwwVsApex => "with and without www. are different origins",
        }
    }
}

fn between_urls(value: &Url, wanted: &Url) -> Difference {
    let hosts = (
        value.host_str().unwrap_or_default(),
        wanted.host_str().unwrap_or_default(),
    );
    let ports = (
        value.port_or_known_default(),
        wanted.port_or_known_default(),
    );
    let same_port = ports.0 == ports.1;
    let is_default = value.port().is_none() && wanted.port().is_none();
    if hosts.0.eq_ignore_ascii_case(hosts.1) {
        return match (value.scheme() == wanted.scheme(), same_port) {
            (true, true) => Difference::Path,
            (true, false) => Difference::Port,
            (false, _) if same_port || is_default => Difference::Scheme,
            (false, _) => Difference::Unrelated,
        };
    }
    if is_loopback(hosts.0) && is_loopback(hosts.1) {
        return Difference::LocalhostVsLoopback;
    }
    if hosts.0.strip_prefix("www.") == Some(hosts.1)
        || hosts.1.strip_prefix("www.") == Some(hosts.0)
    {
        return Difference::WwwVsApex;
    }
    if are_relatives(hosts.0, hosts.1) {
        return Difference::Subdomain;
    }
    Difference::Unrelated
}

fn is_loopback(host: &str) -> bool {
    matches!(host, "localhost" | "127.0.0.1" | "[::1]")
}

/// Whether one host is under the other, or both are under the same parent of at least two labels.
fn are_relatives(one: &str, other: &str) -> bool {
    let is_under = |child: &str, parent: &str| {
        parent.contains('.')
            && child
                .strip_suffix(parent)
                .is_some_and(|rest| rest.ends_with('.'))
    };
    let parent = |host: &str| host.split_once('.').map(|(_, parent)| parent.to_owned());
    if is_address(one) || is_address(other) {
        return false;
    }
    is_under(one, other)
        || is_under(other, one)
        || parent(one).is_some_and(|parent| is_under(other, &parent))
}

fn is_address(host: &str) -> bool {
    host.starts_with('[')
        || host
            .bytes()
            .all(|byte| byte.is_ascii_digit() || byte == b'.')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_difference_is_named() {
        let rows = [
            ("https://a.test/", "https://a.test", "trailing-slash"),
            ("https://a.test/app", "https://a.test", "path"),
            ("http://a.test", "https://a.test", "scheme"),
            ("https://a.test:8443", "https://a.test", "port"),
            ("http://a.test:3000", "http://a.test:3001", "port"),
            ("https://A.test", "https://a.test", "host-case"),
            ("https://www.a.test", "https://a.test", "www-vs-apex"),
            ("https://x.a.test", "https://y.a.test", "subdomain"),
            ("https://a.test", "https://y.a.test", "subdomain"),
            (
                "http://localhost:1",
                "http://127.0.0.1:1",
                "localhost-vs-127",
            ),
            (
                "https://*.a.test",
                "https://x.a.test",
                "wildcard-subdomain-literal",
            ),
            ("null", "https://a.test", "null"),
            ("https://a.test", "null", "origin-is-null"),
            ("https://b.test", "https://a.test", "unrelated"),
            ("http://10.0.0.1", "http://10.1.0.1", "unrelated"),
        ];
        for (value, wanted, name) in rows {
            assert_eq!(
                Difference::between(value, wanted).name(),
                name,
                "{value} {wanted}"
            );
        }
    }
}
