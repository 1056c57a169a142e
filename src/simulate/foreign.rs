//! Which origins look like strangers: a refusal of theirs is right, and no policy should let them in unasked.
//!
//! Signs, not proof: whoever is left out by mistake is named with the reason, and added by hand.

use super::suggest::Asked;
use crate::fetch::Difference;
use crate::fetch::origin::{self, NULL};
use crate::rules;
use std::collections::{BTreeMap, BTreeSet};

/// An origin that is left out of a policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stranger {
    /// The origin.
    pub origin: String,
    /// Requests of it.
    pub count: u64,
    /// Why it is left out.
    pub why: &'static str,
}

/// What the whole recording tells about who belongs to whom.
#[derive(Debug, Default)]
pub(super) struct Trusted {
    /// Let through by some host.
    let_through: BTreeSet<String>,
    /// By host: those that it lets through, and those of its own site.
    of_host: BTreeMap<String, BTreeSet<String>>,
}

impl Trusted {
    /// Over all that was recorded: host, origin, and what became of its requests.
    pub(super) fn over<'a>(seen: impl Iterator<Item = (&'a str, &'a str, &'a Asked)>) -> Self {
        let mut trusted = Self::default();
        for (site, origin, asked) in seen {
            if is_odd(origin).is_some() {
                continue;
            }
            if asked.passed > 0 {
                trusted.let_through.insert(origin.to_owned());
            }
            if asked.passed > 0 || are_related(site, origin) {
                let own = trusted.of_host.entry(site.to_owned()).or_default();
                own.insert(origin.to_owned());
            }
        }
        trusted
    }

    /// Why `origin` looks foreign to the host of `site`; `None` where it does not.
    pub(super) fn stranger(&self, site: &str, origin: &str, asked: &Asked) -> Option<&'static str> {
        if let Some(why) = is_odd(origin) {
            return Some(why);
        }
        if asked.passed > 0 || self.let_through.contains(origin) || are_related(site, origin) {
            return None;
        }
        let friends = self.of_host.get(site)?;
        let is_related = friends.iter().any(|friend| are_related(friend, origin));
        (!is_related && !friends.is_empty())
            .then_some("never let through anywhere, and unrelated to the origins that are")
    }
}

/// Origins that no policy lets in, whatever else was recorded.
fn is_odd(origin: &str) -> Option<&'static str> {
    if origin == NULL {
        return Some(
            "any site can send it, from a sandboxed frame; serve the page from a real origin",
        );
    }
    if rules::is_test_origin(origin) {
        return Some("a scanner's test origin");
    }
    if origin.contains("-extension://") {
        return Some("an extension, which gets its permission from the browser");
    }
    // What is no origin cannot be compared with one.
    match origin::of_url(origin) {
        Some(own) if own == origin => None,
        _ => Some("not an origin that a browser sends"),
    }
}

fn are_related(one: &str, other: &str) -> bool {
    one == other || Difference::between(one, other) != Difference::Unrelated
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(passed: u64) -> Asked {
        let mut asked = Asked::default();
        asked.passed = passed;
        asked.failed = 1;
        asked
    }

    fn stranger(seen: &[(&str, u64)], origin: &str) -> Option<&'static str> {
        let site = "https://api.shop.test";
        let all: Vec<_> = seen
            .iter()
            .map(|(own, passed)| (*own, asked(*passed)))
            .collect();
        let trusted = Trusted::over(all.iter().map(|(own, asked)| (site, *own, asked)));
        trusted.stranger(site, origin, &asked(0))
    }

    #[test]
    fn whoever_stands_alone_is_the_page_of_the_one_who_records() {
        assert_eq!(
            stranger(&[("https://other.test", 0)], "https://other.test"),
            None
        );
    }

    #[test]
    fn beside_friends_the_unrelated_one_is_a_stranger() {
        let seen = [("https://app.shop.test", 0), ("https://other.test", 0)];
        assert_eq!(stranger(&seen, "https://app.shop.test"), None);
        assert!(stranger(&seen, "https://other.test").is_some());
        let seen = [("https://partner.test", 3), ("https://x.test", 0)];
        assert!(stranger(&seen, "https://x.test").is_some());
        assert_eq!(stranger(&seen, "https://beta.shop.test"), None);
    }

    #[test]
    fn null_scanners_and_extensions_are_never_let_in() {
        for odd in [
            "null",
            "https://evil.test",
            "chrome-extension://abc",
            "https://a.test/",
            "x",
        ] {
            assert!(stranger(&[(odd, 5)], odd).is_some(), "{odd}");
        }
    }
}
