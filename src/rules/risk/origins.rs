//! Risks that show over the origins which one host accepted: how it compares them.

use super::{
    any_subdomain_trusted, origin_prefix_match, origin_substring_match, origin_suffix_match,
    origin_unescaped_dot, reflects_any_origin, reflects_any_origin_with_credentials,
    third_party_origin,
};
use crate::finding::Confidence;
use crate::http::site::{host_of, is_address, is_shared_hosting, registrable_domain};
use crate::rules::decide::is_test_origin;
use crate::rules::registry::RuleInfo;

/// An origin that a host accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Accepted {
    pub(crate) origin: String,
    pub(crate) with_credentials: bool,
}

/// A conclusion about a host.
#[derive(Debug, Clone)]
pub(crate) struct Conclusion {
    pub(crate) rule: &'static RuleInfo,
    /// The origins that show it.
    pub(crate) origins: Vec<String>,
    pub(crate) confidence: Confidence,
}

/// What the accepted origins say about `host`. `has_refused`: at least one origin was refused there.
pub(crate) fn conclusions(host: &str, accepted: &[Accepted], has_refused: bool) -> Vec<Conclusion> {
    let mut found = Vec::new();
    let mut open: Vec<&Accepted> = accepted.iter().collect();
    for pattern in PATTERNS {
        let (shown, rest): (Vec<&Accepted>, Vec<&Accepted>) = open.into_iter().partition(|own| {
            let others = accepted.iter().map(|other| host_of(&other.origin));
            trusted(host, others, host_of(&own.origin))
                .any(|trust| (pattern.matches)(host_of(&own.origin), &trust))
        });
        open = rest;
        let origins: Vec<String> = shown.iter().map(|own| own.origin.clone()).collect();
        if !origins.is_empty() {
            found.push(Conclusion {
                rule: pattern.rule,
                origins,
                confidence: Confidence::Likely,
            });
        }
    }
    found.extend(shared(host, accepted));
    found.extend(subdomains(accepted));
    if found.is_empty() {
        found.extend(reflection(host, accepted, has_refused));
    }
    found
}

struct Pattern {
    rule: &'static RuleInfo,
    /// Whether an accepted host shows the pattern against a trusted one.
    matches: fn(&str, &str) -> bool,
}

/// Most specific first: an origin shows one pattern only.
const PATTERNS: [Pattern; 4] = [
    Pattern {
        rule: &origin_prefix_match::RULE,
        matches: |own, trust| {
            own.len() > trust.len()
                && own.starts_with(trust)
                && registrable_domain(own) != registrable_domain(trust)
        },
    },
    Pattern {
        rule: &origin_unescaped_dot::RULE,
        matches: |own, trust| {
            own != trust
                && own.len() == trust.len()
                && own
                    .bytes()
                    .zip(trust.bytes())
                    .all(|(own, trust)| own == trust || trust == b'.')
        },
    },
    Pattern {
        rule: &origin_suffix_match::RULE,
        matches: |own, trust| {
            [trust, registrable_domain(trust)].iter().any(|end| {
                own.strip_suffix(end)
                    .is_some_and(|rest| !rest.is_empty() && !rest.ends_with('.'))
            }) && registrable_domain(own) != registrable_domain(trust)
        },
    },
    Pattern {
        rule: &origin_substring_match::RULE,
        matches: |own, trust| {
            let (own, trust) = (registrable_domain(own), registrable_domain(trust));
            own.len() < trust.len() && own.contains('.') && trust.contains(own)
        },
    },
];

/// Hosts that stand for the owner: the server's own and those of the other accepted origins of its domain.
fn trusted<'a>(
    host: &'a str,
    accepted: impl Iterator<Item = &'a str> + 'a,
    own: &'a str,
) -> impl Iterator<Item = String> + 'a {
    let base = registrable_domain(host);
    std::iter::once(host.to_owned())
        .chain(std::iter::once(base.to_owned()))
        .chain(
            accepted
                .filter(move |other| *other != own && registrable_domain(other) == base)
                .map(str::to_owned),
        )
        .filter(|trust| trust.contains('.') && !is_address(trust))
}

/// Two origins of unrelated domains, neither the server's, or one test origin.
fn reflection(host: &str, accepted: &[Accepted], has_refused: bool) -> Option<Conclusion> {
    let foreign = |own: &&Accepted| {
        let other = host_of(&own.origin);
        own.origin.contains("://")
            && registrable_domain(other) != registrable_domain(host)
            && other.contains('.')
            && !is_address(other)
    };
    let strangers: Vec<&Accepted> = accepted.iter().filter(foreign).collect();
    let mut domains: Vec<&str> = strangers
        .iter()
        .map(|own| registrable_domain(host_of(&own.origin)))
        .collect();
    domains.sort_unstable();
    domains.dedup();
    let has_probe = strangers.iter().any(|own| is_probe(&own.origin));
    if domains.len() < 2 && !has_probe {
        return None;
    }
    let with_credentials = strangers.iter().any(|own| own.with_credentials);
    Some(Conclusion {
        rule: match with_credentials {
            true => &reflects_any_origin_with_credentials::RULE,
            false => &reflects_any_origin::RULE,
        },
        origins: strangers.iter().map(|own| own.origin.clone()).collect(),
        confidence: match has_refused {
            true => Confidence::Possible,
            false => Confidence::Likely,
        },
    })
}

fn is_probe(origin: &str) -> bool {
    is_test_origin(origin)
        || ["example.com", "example.org", "example.net"]
            .contains(&registrable_domain(host_of(origin)))
}

/// Origins of shared hosting, trusted with credentials by a host of another domain.
fn shared(host: &str, accepted: &[Accepted]) -> Option<Conclusion> {
    let origins: Vec<String> = accepted
        .iter()
        .filter(|own| {
            own.with_credentials
                && is_shared_hosting(host_of(&own.origin))
                && !is_shared_hosting(host)
        })
        .map(|own| own.origin.clone())
        .collect();
    (!origins.is_empty()).then_some(Conclusion {
        rule: &third_party_origin::RULE,
        origins,
        confidence: Confidence::Likely,
    })
}

/// Three subdomains of one domain, with credentials.
fn subdomains(accepted: &[Accepted]) -> Option<Conclusion> {
    let trusted: Vec<&Accepted> = accepted
        .iter()
        .filter(|own| {
            let host = host_of(&own.origin);
            own.with_credentials
                && host != registrable_domain(host)
                && !is_shared_hosting(host)
                && !is_address(host)
        })
        .collect();
    let siblings = |own: &Accepted| -> Vec<String> {
        let mut origins: Vec<String> = trusted
            .iter()
            .filter(|other| {
                registrable_domain(host_of(&other.origin))
                    == registrable_domain(host_of(&own.origin))
            })
            .map(|other| other.origin.clone())
            .collect();
        origins.sort_unstable();
        origins.dedup();
        origins
    };
    let origins = trusted
        .iter()
        .map(|own| siblings(own))
        .find(|origins| origins.len() >= 3)?;
    Some(Conclusion {
        rule: &any_subdomain_trusted::RULE,
        origins,
        confidence: Confidence::Possible,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules(host: &str, origins: &[&str], with_credentials: bool) -> Vec<&'static str> {
        let accepted: Vec<Accepted> = origins
            .iter()
            .map(|origin| Accepted {
                origin: (*origin).to_owned(),
                with_credentials,
            })
            .collect();
        conclusions(host, &accepted, false)
            .into_iter()
            .map(|found| found.rule.name)
            .collect()
    }

    #[test]
    fn ways_of_comparing_are_told_by_what_they_let_in() {
        let host = "api.example.com";
        assert_eq!(
            rules(host, &["https://example.com.evil.test"], false),
            ["risk-origin-prefix-match"]
        );
        assert_eq!(
            rules(host, &["https://evilexample.com"], false),
            ["risk-origin-suffix-match"]
        );
        assert_eq!(
            rules(host, &["https://apixexample.com"], false)[0],
            "risk-origin-unescaped-dot"
        );
        assert_eq!(
            rules(host, &["https://example.co"], false),
            ["risk-origin-substring-match"]
        );
        assert_eq!(
            rules(host, &["https://evil.test"], true),
            ["risk-reflects-any-origin-with-credentials"]
        );
        assert_eq!(
            rules(host, &["https://a.test", "https://b.net"], false),
            ["risk-reflects-any-origin"]
        );
        assert_eq!(
            rules(host, &["https://me.github.io"], true),
            ["risk-third-party-origin"]
        );
    }

    #[test]
    fn an_ordinary_list_of_origins_is_no_risk() {
        let host = "api.example.com";
        assert!(
            rules(
                host,
                &["https://app.example.com", "https://example.com"],
                true
            )
            .is_empty()
        );
        assert!(rules(host, &["https://partner.test"], true).is_empty());
        assert!(rules(host, &["http://localhost:3000"], true).is_empty());
        assert!(rules("127.0.0.1", &["http://127.0.0.1:3000"], true).is_empty());
    }
}
