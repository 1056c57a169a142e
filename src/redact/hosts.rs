//! Pseudonyms for host names (`--redact-hosts`): `api.shop.co.uk` → `api.host-1.example`.
//!
//! What CORS is about survives: the same host gets the same name, hosts of one site stay on one site, `www` and apex
//! stay apart, ports stay, and `localhost`, loopback and private addresses stay as they are. Public addresses become
//! addresses for documentation (RFC 5737, RFC 3849). Names are numbered as they are met, so the text says nothing about
//! what stood there.

use crate::http::site;
use crate::limits::HOST_NAMES;
use std::borrow::Cow;
use std::collections::HashMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// The names that were given out.
#[derive(Debug, Default)]
pub(super) struct Hosts {
    sites: HashMap<String, usize>,
    labels: HashMap<String, usize>,
    addresses: HashMap<IpAddr, usize>,
    prints: HashMap<String, usize>,
}

impl Hosts {
    /// `text` with every host in it renamed: after `://`, as a name that was met before, or in the shape of a domain.
    pub(super) fn text<'a>(&mut self, text: Cow<'a, str>) -> Cow<'a, str> {
        if !text.contains(['.', '/', ':']) && self.sites.is_empty() {
            return text;
        }
        let known = self.sites.len();
        let mut out = self.renamed(&text);
        // A name may stand before the place that tells that it is one.
        if self.sites.len() > known {
            out = self.renamed(&text);
        }
        match out == *text {
            true => text,
            false => Cow::Owned(out),
        }
    }

    fn renamed(&mut self, text: &str) -> String {
        let mut out = String::with_capacity(text.len() + 16);
        let mut rest = text;
        while !rest.is_empty() {
            let gap = rest.find(is_host_char).unwrap_or(rest.len());
            let (between, tail) = rest.split_at_checked(gap).unwrap_or((rest, ""));
            out.push_str(between);
            let end = tail.find(|c| !is_host_char(c)).unwrap_or(tail.len());
            let (word, tail) = tail.split_at_checked(end).unwrap_or((tail, ""));
            // `user@host` is an authority too, and a text may begin with `//`.
            let is_authority = (between.ends_with("://")
                || between.ends_with('@')
                || (between == "//" && out == "//"))
                && !tail.starts_with('@');
            self.word(word, is_authority, &mut out);
            rest = tail;
        }
        out
    }

    /// `host`, which is known to be one, perhaps with a port.
    pub(super) fn authority<'a>(&mut self, host: &'a str) -> Cow<'a, str> {
        let (name, port) = match host.rsplit_once(':') {
            Some((name, port)) if port.bytes().all(|b| b.is_ascii_digit()) => (name, Some(port)),
            _ => (host, None),
        };
        let renamed = match name
            .strip_prefix('[')
            .and_then(|name| name.strip_suffix(']'))
        {
            Some(inner) => inner
                .parse()
                .map(|address| format!("[{}]", self.address(address)))
                .unwrap_or_else(|_| name.to_owned()),
            None => self.host(name),
        };
        Cow::Owned(match port {
            Some(port) => format!("{renamed}:{port}"),
            None => renamed,
        })
    }

    /// Another address of the same kind.
    pub(super) fn address(&mut self, address: IpAddr) -> IpAddr {
        if is_harmless(address) {
            return address;
        }
        let number = number(&mut self.addresses, address);
        let low = u16::try_from(number).unwrap_or(u16::MAX);
        match address {
            IpAddr::V4(_) => {
                let nets = [[203, 0, 113], [198, 51, 100], [192, 0, 2]];
                let [a, b, c] = nets
                    .get(usize::from(low / 255))
                    .copied()
                    .unwrap_or([192, 0, 2]);
                let last = u8::try_from(low % 255).unwrap_or(u8::MAX);
                Ipv4Addr::new(a, b, c, last).into()
            }
            IpAddr::V6(_) => Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, low).into(),
        }
    }

    /// A number instead of a fingerprint: names could be guessed and tried against the hash.
    pub(super) fn fingerprint(&mut self, print: &str) -> String {
        if print.is_empty() {
            return String::new();
        }
        format!("{:016x}", number(&mut self.prints, print.to_owned()))
    }

    fn word(&mut self, word: &str, is_authority: bool, out: &mut String) {
        let bare = word.trim_matches(['.', '-', '_']);
        let Some(start) = word.find(bare).filter(|_| !bare.is_empty()) else {
            out.push_str(word);
            return;
        };
        let (before, tail) = word.split_at_checked(start).unwrap_or(("", word));
        let after = tail.get(bare.len()..).unwrap_or_default();
        out.push_str(before);
        let (name, extension) = split_extension(bare);
        if is_authority {
            out.push_str(&self.host(bare));
        } else if let Ok(address) = bare.parse::<Ipv4Addr>() {
            out.push_str(&self.address(address.into()).to_string());
        } else if self.is_known(name) || is_domain(name) {
            out.push_str(&self.host(name));
            out.push_str(extension);
        } else {
            out.push_str(bare);
        }
        out.push_str(after);
    }

    fn host(&mut self, host: &str) -> String {
        let lower = host.to_ascii_lowercase();
        if lower.is_empty() || lower == "null" || is_local(&lower) || is_pseudonym(&lower) {
            return host.to_owned();
        }
        if let Ok(address) = lower.parse::<IpAddr>() {
            return self.address(address).to_string();
        }
        let (below, site) = split_site(&lower);
        let number = number(&mut self.sites, site.to_owned());
        let site = match site.contains('.') {
            true => format!("host-{number}.example"),
            false => format!("host-{number}"),
        };
        let mut name = String::new();
        for label in below.split('.').filter(|label| !label.is_empty()) {
            name.push_str(&self.label(label));
            name.push('.');
        }
        name + &site
    }

    fn label<'a>(&mut self, label: &'a str) -> Cow<'a, str> {
        if PLAIN_LABELS.contains(&label) {
            return Cow::Borrowed(label);
        }
        Cow::Owned(format!(
            "sub-{}",
            number(&mut self.labels, label.to_owned())
        ))
    }

    fn is_known(&self, word: &str) -> bool {
        !self.sites.is_empty() && {
            let lower = word.to_ascii_lowercase();
            self.sites.contains_key(split_site(&lower).1)
        }
    }
}

/// The number of `key`, the next one where it is new. Above [`HOST_NAMES`] all others share 0.
fn number<K: std::hash::Hash + Eq>(numbers: &mut HashMap<K, usize>, key: K) -> usize {
    let next = numbers.len() + 1;
    if let Some(number) = numbers.get(&key) {
        return *number;
    }
    if next > HOST_NAMES {
        return 0;
    }
    numbers.insert(key, next);
    next
}

fn is_host_char(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '.' | '-' | '_')
}

fn is_local(host: &str) -> bool {
    host == "localhost" || host.ends_with(".localhost")
}

/// Loopback, private, link-local, unspecified, or for documentation already.
fn is_harmless(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => {
            v4.is_loopback()
                || v4.is_private()
                || v4.is_link_local()
                || v4.is_unspecified()
                || v4.is_documentation()
        }
        IpAddr::V6(v6) => {
            v6.is_loopback()
                || v6.is_unspecified()
                || v6.is_unique_local()
                || v6.is_unicast_link_local()
                || matches!(v6.segments(), [0x2001, 0xdb8, ..])
        }
    }
}

/// `host-1.example`, also with labels before it, and `host-1`.
fn is_pseudonym(host: &str) -> bool {
    let name = host.strip_suffix(".example").unwrap_or(host);
    let last = name.rsplit('.').next().unwrap_or_default();
    last.strip_prefix("host-")
        .is_some_and(|number| !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit()))
}

/// What stands below the site, and the site: the labels that one owner has.
fn split_site(host: &str) -> (&str, &str) {
    let lower = host.to_ascii_lowercase();
    let at = host
        .len()
        .saturating_sub(site::registrable_domain(&lower).len());
    let (below, site) = host.split_at_checked(at).unwrap_or(("", host));
    (below.strip_suffix('.').unwrap_or(below), site)
}

/// `app.example.com.har` → `app.example.com` and `.har`: browsers name exports after the page.
fn split_extension(word: &str) -> (&str, &str) {
    match word.rsplit_once('.') {
        Some((name, extension)) if FILES.contains(&&*extension.to_ascii_lowercase()) => {
            let (_, dotted) = word.split_at_checked(name.len()).unwrap_or((word, ""));
            (name, dotted)
        }
        _ => (word, ""),
    }
}

/// Whether a word is shaped like a domain name of the public internet, or like one inside a company.
fn is_domain(word: &str) -> bool {
    let lower = word.to_ascii_lowercase();
    let Some((name, tld)) = lower.rsplit_once('.') else {
        return false;
    };
    let is_country = tld.len() == 2
        && tld.bytes().all(|b| b.is_ascii_alphabetic())
        && (name.contains('.') || !CODE.contains(&tld));
    (is_country || TLDS.contains(&tld) || tld.starts_with("xn--"))
        && !NO_HOSTS.contains(&&*lower)
        && name.split('.').all(|label| !label.is_empty())
        && name.len() > 1
}

/// Labels that say what a host is for and not whose it is.
const PLAIN_LABELS: &[&str] = &[
    "admin", "api", "app", "assets", "auth", "backend", "cdn", "dev", "graphql", "id", "img",
    "login", "m", "prod", "qa", "sso", "staging", "static", "test", "www",
];

const TLDS: &[&str] = &[
    "academy",
    "agency",
    "app",
    "arpa",
    "bank",
    "biz",
    "blog",
    "cloud",
    "club",
    "com",
    "corp",
    "dev",
    "digital",
    "edu",
    "email",
    "example",
    "finance",
    "gmbh",
    "gov",
    "group",
    "health",
    "home",
    "host",
    "info",
    "int",
    "internal",
    "intranet",
    "invalid",
    "lan",
    "life",
    "live",
    "local",
    "ltd",
    "media",
    "mil",
    "mobi",
    "name",
    "net",
    "network",
    "news",
    "online",
    "org",
    "page",
    "pro",
    "prod",
    "shop",
    "site",
    "software",
    "solutions",
    "space",
    "store",
    "studio",
    "systems",
    "team",
    "tech",
    "technology",
    "test",
    "tools",
    "top",
    "vip",
    "web",
    "website",
    "work",
    "world",
    "xyz",
    "zone",
];

/// Extensions of files; a name before them may still be a host.
const FILES: &[&str] = &[
    "cap", "css", "csv", "gif", "gz", "har", "htm", "html", "ico", "jpg", "js", "json", "log",
    "pcap", "pcapng", "php", "png", "svg", "txt", "xml", "zip", "zst",
];

/// Country codes that end the names of programs.
const CODE: &[&str] = &["cc", "md", "pl", "ps", "py", "rs", "sh"];

/// Products.
const NO_HOSTS: &[&str] = &["asp.net", "socket.io", "vb.net"];

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn renamed(hosts: &mut Hosts, text: &str) -> String {
        hosts.text(Cow::Borrowed(text)).into_owned()
    }

    #[test]
    fn the_same_host_has_the_same_name_and_a_site_stays_one() {
        let mut hosts = Hosts::default();
        assert_eq!(
            renamed(&mut hosts, "https://app.acme.com:8443/x?y=https://acme.com"),
            "https://app.host-1.example:8443/x?y=https://host-1.example"
        );
        assert_eq!(
            renamed(
                &mut hosts,
                "https://www.acme.com is not https://Shop.Other.co.uk"
            ),
            "https://www.host-1.example is not https://sub-1.host-2.example"
        );
        assert_eq!(
            renamed(&mut hosts, "tenant.shop.github.io"),
            "sub-2.host-3.example"
        );
        assert_eq!(renamed(&mut hosts, "*.acme.com"), "*.host-1.example");
    }

    #[test]
    fn what_cors_treats_apart_stays_recognisable() {
        let mut hosts = Hosts::default();
        for same in [
            "null",
            "http://localhost:3000",
            "http://127.0.0.1:8080/x.html",
            "http://[::1]:3000/",
            "http://192.168.1.5/",
            "http://app.localhost/",
            "nginx/1.22.1, ASP.NET, Node.js, index.html, *",
        ] {
            assert_eq!(renamed(&mut hosts, same), same);
        }
    }

    #[test]
    fn internal_names_are_known_once_they_were_met() {
        let mut hosts = Hosts::default();
        assert_eq!(
            renamed(&mut hosts, "http://jenkins/job"),
            "http://host-1/job"
        );
        assert_eq!(
            renamed(&mut hosts, "call http://api.acme.k8s"),
            "call http://api.host-2.example"
        );
        assert_eq!(
            renamed(&mut hosts, "acme.k8s.har from jenkins"),
            "host-2.example.har from host-1"
        );
    }

    #[test]
    fn public_addresses_become_those_for_documentation() {
        let mut hosts = Hosts::default();
        assert_eq!(
            renamed(&mut hosts, "http://8.8.8.8/"),
            "http://203.0.113.1/"
        );
        assert_eq!(hosts.authority("[2a00::1]:443"), "[2001:db8::2]:443");
        assert_eq!(hosts.authority("8.8.8.8:80"), "203.0.113.1:80");
    }

    proptest! {
        #[test]
        fn what_was_renamed_once_stays(text in "[a-z.:/ 0-9-]{0,60}") {
            let mut hosts = Hosts::default();
            let once = renamed(&mut hosts, &text);
            let again = renamed(&mut hosts, &once);
            prop_assert_eq!(once, again);
        }

        #[test]
        fn no_text_is_too_strange(text in any::<String>()) {
            renamed(&mut Hosts::default(), &text);
        }
    }
}
