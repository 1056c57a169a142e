//! Origins (HTML `#concept-origin`): the serialised origin of a URL, and what an `Origin` field can say.
//!
//! An origin is handled as its serialisation, since that is what browsers compare, byte for byte.

use std::borrow::Cow;
use url::{Host, Url};

/// The serialisation of every opaque origin.
pub const NULL: &str = "null";

/// The serialised origin of `url`: scheme, host in ASCII, port unless default. `None` when `url` is not absolute.
///
/// URLs of schemes without a tuple origin (`file:`, `data:`) give `null`; schemes of extensions and web views, whose
/// pages have origins of their own, give `scheme://host`.
pub fn of_url(url: &str) -> Option<Cow<'_, str>> {
    // Most URLs of captures are serialised already: no parser needed.
    if let Some(plain) = plain_prefix(url) {
        return Some(Cow::Borrowed(plain));
    }
    let parsed = Url::parse(url).ok()?;
    if let url::Origin::Tuple(..) = parsed.origin() {
        return Some(Cow::Owned(parsed.origin().ascii_serialization()));
    }
    let text = match parsed.scheme() {
        "file" | "data" | "blob" | "about" | "javascript" => NULL.to_owned(),
        scheme => match parsed.host_str() {
            Some(host) if !host.is_empty() => format!("{scheme}://{host}"),
            _ => NULL.to_owned(),
        },
    };
    Some(Cow::Owned(text))
}

/// The part of `url` before the path when it is an origin's serialisation as it stands.
fn plain_prefix(url: &str) -> Option<&str> {
    let (rest, default) = match url.strip_prefix("https://") {
        Some(rest) => (rest, "443"),
        None => (url.strip_prefix("http://")?, "80"),
    };
    let end = memchr::memchr3(b'/', b'?', b'#', rest.as_bytes()).unwrap_or(rest.len());
    let authority = rest.get(..end)?;
    let (host, port) = match authority.split_once(':') {
        Some((host, port)) => (host, Some(port)),
        None => (authority, None),
    };
    let (mut kinds, mut last) = (0, 0);
    for byte in host.bytes() {
        kinds |= HOST_BYTES.get(usize::from(byte)).unwrap_or(&FOREIGN);
        if byte == b'x' && last == b'0' || byte == b'-' && last == b'-' {
            kinds |= DISGUISE;
        }
        last = byte;
    }
    // `127.1` and `0x7f.1` are IPv4 addresses in disguise, and `xn--` labels are checked by the parser.
    let is_disguised = kinds & DISGUISE != 0 && (host.contains("xn--") || host.contains("0x"));
    let is_serialized = kinds & FOREIGN == 0 && kinds & LETTER != 0;
    let is_plain_host = is_serialized && !is_disguised && last != b'.';
    let is_plain_port = port.is_none_or(|port| {
        port.len() <= 4
            && !port.is_empty()
            && !port.starts_with('0')
            && port != default
            && port.bytes().all(|byte| byte.is_ascii_digit())
    });
    let plain = is_plain_host && is_plain_port;
    plain.then(|| url.get(..url.len() - rest.len() + end))?
}

/// Kinds of bytes of a host: a letter that is serialised as it stands, a byte that is not, and two that need a look.
const LETTER: u8 = 1;
const FOREIGN: u8 = 2;
const DISGUISE: u8 = 4;

const HOST_BYTES: [u8; 256] = {
    let mut table = [FOREIGN; 256];
    let mut byte = 0;
    while byte < table.len() {
        match byte as u8 {
            b'a'..=b'z' => table[byte] = LETTER,
            b'0'..=b'9' | b'.' | b'-' => table[byte] = 0,
            _ => {}
        }
        byte += 1;
    }
    table
};

/// Whether `url` is of the serialised origin `origin`. An opaque origin is equal to nothing.
pub fn is_same(origin: &str, url: &str) -> bool {
    origin != NULL && of_url(url).is_some_and(|own| own == origin)
}

/// Whether two URLs have the same origin.
pub fn are_same(one: &str, other: &str) -> bool {
    of_url(one).is_some_and(|origin| is_same(&origin, other))
}

/// What the target of a `Location` is, seen from the URL that it came from; `None` when it cannot be parsed.
pub fn resolve(base: &str, location: &str) -> Option<String> {
    Some(Url::parse(base).ok()?.join(location).ok()?.into())
}

/// `url` as pairing compares it: no fragment, no userinfo, host in lower case, default port dropped.
pub fn comparable(url: &str) -> Cow<'_, str> {
    let end = url.find('#').unwrap_or(url.len());
    let url = url.get(..end).unwrap_or(url);
    if plain_prefix(url).is_some_and(|origin| origin.len() < url.len()) {
        return Cow::Borrowed(url);
    }
    let Ok(mut parsed) = Url::parse(url) else {
        return Cow::Borrowed(url);
    };
    // Both fail only for URLs that have neither.
    let _ = parsed.set_username("");
    let _ = parsed.set_password(None);
    Cow::Owned(parsed.into())
}

/// How reachable a host is, seen from the public internet (the address spaces of Local Network Access).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reach {
    /// This machine: `localhost`, `127.0.0.0/8`, `::1`.
    Loopback,
    /// A private network: RFC 1918, link-local, unique local, `.local`.
    Private,
    /// Anything else.
    Public,
}

/// The reach of a URL's host. Names that resolve to private addresses are taken for public.
pub fn reach(url: &str) -> Option<Reach> {
    if let Some(name) = plain_prefix(url).and_then(plain_name) {
        return Some(domain_reach(name));
    }
    let parsed = Url::parse(url).ok()?;
    Some(match parsed.host()? {
        Host::Domain(name) => domain_reach(name),
        Host::Ipv4(address) if address.is_loopback() => Reach::Loopback,
        Host::Ipv4(address) if address.is_private() || address.is_link_local() => Reach::Private,
        Host::Ipv6(address) if address.is_loopback() => Reach::Loopback,
        Host::Ipv6(address) if address.is_unique_local() || address.is_unicast_link_local() => {
            Reach::Private
        }
        Host::Ipv4(_) | Host::Ipv6(_) => Reach::Public,
    })
}

/// The host of a serialised origin when it is plainly a name: addresses end in a number.
fn plain_name(origin: &str) -> Option<&str> {
    let (_, authority) = origin.split_once("://")?;
    let name = authority.split(':').next()?;
    let last = name.rsplit('.').next()?;
    last.starts_with(|c: char| c.is_ascii_lowercase())
        .then_some(name)
}

fn domain_reach(name: &str) -> Reach {
    let name = name.trim_end_matches('.');
    if name == "localhost" || name.ends_with(".localhost") {
        Reach::Loopback
    } else if name.ends_with(".local") {
        Reach::Private
    } else {
        Reach::Public
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn origin(url: &str) -> String {
        of_url(url).unwrap().into_owned()
    }

    #[test]
    fn default_ports_and_paths_are_dropped() {
        assert_eq!(origin("https://a.test:443/x?y#z"), "https://a.test");
        assert_eq!(origin("http://a.test:80"), "http://a.test");
        assert_eq!(origin("http://a.test:443/"), "http://a.test:443");
        assert_eq!(origin("http://a.test:0080/"), "http://a.test");
        assert_eq!(origin("https://a.test?x"), "https://a.test");
    }

    #[test]
    fn hosts_are_canonical() {
        assert_eq!(origin("HTTP://ExAmple.COM/"), "http://example.com");
        assert_eq!(
            origin("https://bücher.example/"),
            "https://xn--bcher-kva.example"
        );
        assert_eq!(origin("http://[::1]:3000/x"), "http://[::1]:3000");
        assert_eq!(origin("http://[0:0::1]/x"), "http://[::1]");
        assert_eq!(origin("http://127.1/"), "http://127.0.0.1");
        assert_eq!(origin("http://u:p@a.test/"), "http://a.test");
    }

    #[test]
    fn pages_without_a_tuple_origin_are_null() {
        assert_eq!(origin("file:///home/x.html"), "null");
        assert_eq!(origin("data:text/html,x"), "null");
        assert_eq!(
            origin("chrome-extension://abc/bg.html"),
            "chrome-extension://abc"
        );
        assert_eq!(
            origin("capacitor://localhost/index.html"),
            "capacitor://localhost"
        );
        assert_eq!(of_url("/relative"), None);
    }

    #[test]
    fn null_is_not_even_equal_to_itself() {
        assert!(!is_same("null", "data:,x"));
        assert!(is_same("http://a.test", "http://a.test:80/x"));
        assert!(!is_same("http://a.test", "http://a.test.evil/x"));
    }

    #[test]
    fn comparable_urls_lose_fragment_userinfo_and_default_port() {
        assert_eq!(comparable("http://a.test/x#y"), "http://a.test/x");
        assert_eq!(comparable("http://u:p@A.test:80/x?Q"), "http://a.test/x?Q");
        assert_eq!(comparable("https://a.test"), "https://a.test/");
    }

    #[test]
    fn reach_follows_the_address() {
        assert_eq!(reach("http://192.168.1.1/"), Some(Reach::Private));
        assert_eq!(reach("http://app.localhost:3000/"), Some(Reach::Loopback));
        assert_eq!(reach("https://[fd00::1]/"), Some(Reach::Private));
        assert_eq!(reach("https://example.com/"), Some(Reach::Public));
    }

    proptest::proptest! {
        #[test]
        fn plain_names_are_names_to_the_parser_too(host in "[a-z0-9.-]{1,12}", port in "(:[1-9][0-9]{0,3})?") {
            let url = format!("http://{host}{port}/");
            if let Some(name) = plain_prefix(&url).and_then(plain_name)
                && let Ok(parsed) = Url::parse(&url)
            {
                proptest::prop_assert_eq!(parsed.host(), Some(Host::Domain(name)));
            }
        }

        #[test]
        fn the_short_cut_agrees_with_the_parser(host in "[a-z0-9.-]{1,12}", port in 0u32..70000, tail in "[/?#]?[a-z]{0,3}") {
            for url in [format!("http://{host}:{port}{tail}"), format!("https://{host}{tail}")] {
                if let Some(plain) = plain_prefix(&url)
                    && let Ok(parsed) = Url::parse(&url)
                {
                    proptest::prop_assert_eq!(plain, parsed.origin().ascii_serialization());
                }
            }
        }
    }
}
