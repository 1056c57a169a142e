//! Who owns a host: registrable domains by the Public Suffix List, the private section included.
//!
//! Names only, in lower case: addresses and single labels belong to themselves.

/// The registrable domain of `host` (HTML `#concept-domain` and `obtain-a-site`): `example.co.uk` of `api.example.co.uk`,
/// `me.github.io` of itself. A host that has none (an address, `localhost`, a public suffix) is its own.
pub fn registrable_domain(host: &str) -> &str {
    match is_address(host) {
        true => host,
        false => psl::domain_str(host).unwrap_or(host),
    }
}

/// Whether two hosts belong to one owner (HTML "schemelessly same site").
pub fn is_same(one: &str, other: &str) -> bool {
    registrable_domain(one) == registrable_domain(other)
}

/// Whether anybody can get a name beside `host`: it stands below a suffix of a hosting service.
pub fn is_shared_hosting(host: &str) -> bool {
    // Services that give away names and are not on the list.
    const UNLISTED: [&str; 4] = [
        ".amazonaws.com",
        ".codepen.io",
        ".jsfiddle.net",
        ".surge.sh",
    ];
    let is_listed = psl::suffix_str(host).is_some_and(|suffix| suffix.len() < host.len())
        && psl::suffix(host.as_bytes())
            .is_some_and(|suffix| suffix.typ() == Some(psl::Type::Private));
    !is_address(host) && (is_listed || UNLISTED.iter().any(|suffix| host.ends_with(suffix)))
}

/// The host of a serialised origin, without port; empty when it has none.
pub fn host_of(origin: &str) -> &str {
    let rest = origin.split_once("://").map_or("", |(_, rest)| rest);
    match rest.starts_with('[') {
        true => rest.split_inclusive(']').next().unwrap_or_default(),
        false => rest.split([':', '/']).next().unwrap_or_default(),
    }
}

/// Whether a host is an IP address.
pub fn is_address(host: &str) -> bool {
    host.starts_with('[')
        || host
            .bytes()
            .all(|byte| byte.is_ascii_digit() || byte == b'.')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn registrable_domains() {
        let rows = [
            ("a.b.example.com", "example.com"),
            ("shop.example.co.uk", "example.co.uk"),
            ("www.city.kawasaki.jp", "city.kawasaki.jp"),
            ("me.github.io", "me.github.io"),
            ("a.me.github.io", "me.github.io"),
            ("api.shop.test", "shop.test"),
            ("localhost", "localhost"),
            ("127.0.0.1", "127.0.0.1"),
            ("[::1]", "[::1]"),
            ("co.uk", "co.uk"),
            ("", ""),
        ];
        for (host, domain) in rows {
            assert_eq!(registrable_domain(host), domain, "{host}");
        }
    }

    #[test]
    fn hosting_services_are_told_from_owners() {
        for host in [
            "me.github.io",
            "a.vercel.app",
            "x.codepen.io",
            "b.s3.amazonaws.com",
        ] {
            assert!(is_shared_hosting(host), "{host}");
        }
        for host in [
            "github.io",
            "app.example.com",
            "example.co.uk",
            "127.0.0.1",
            "localhost",
        ] {
            assert!(!is_shared_hosting(host), "{host}");
        }
    }

    #[test]
    fn hosts_of_origins() {
        assert_eq!(host_of("https://a.test:8443"), "a.test");
        assert_eq!(host_of("http://[::1]:80"), "[::1]");
        assert_eq!(host_of("null"), "");
    }
}
