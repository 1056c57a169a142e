//! One transaction, today and under a policy: what becomes of it, and by which rule.
//!
//! No check is made here: the rules that `check` has judge the recorded answers and then those of the policy.

use super::policy::Policy;
use super::rewrite::{self, Rewritten};
use crate::caveat::CaveatKind;
use crate::cors::{CorsFetch, CredentialsMode, Fate};
use crate::fetch::{list, safelist};
use crate::finding::{Codes, Confidence, Enforcement, Finding, Phase, Severity};
use crate::http::{Locator, Response};
use crate::rules::{self, Family};
use crate::time::Timestamp;
use serde::Serialize;

/// What becomes of a transaction when the policy is deployed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// It passes today and fails then.
    NewlyBroken,
    /// It fails today and then, perhaps for another reason.
    StillFailing,
    /// It fails or passes by a fact that is not in the input: as a rule, whether credentials are included.
    Depends,
    /// A scanner's origin that is refused today is let in.
    NewlyOpen,
    /// It fails today and passes then.
    Fixed,
    /// It passes today and then.
    Unchanged,
    /// It cannot be judged, or no browser made it.
    NotJudged,
}

impl Outcome {
    /// All, worst first.
    pub const ALL: [Self; 7] = [
        Self::NewlyBroken,
        Self::StillFailing,
        Self::Depends,
        Self::NewlyOpen,
        Self::Fixed,
        Self::Unchanged,
        Self::NotJudged,
    ];

    /// Whether it speaks against deploying the policy.
    pub fn is_bad(self) -> bool {
        matches!(self, Self::NewlyBroken | Self::StillFailing)
    }
}

/// Why a transaction is not judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Unjudged {
    /// The page lost interest before the answer.
    GivenUp,
    /// No answer is recorded, and no reason.
    NoAnswer,
    /// Made by a program that enforces nothing.
    NoBrowser,
    /// The requesting origin is not known.
    NoOrigin,
    /// Its host is not the policy's.
    OtherHost,
    /// Its host is not the policy's, and it fails today.
    OtherHostFailing,
    /// Refused today and then, as a scanner's origin should be.
    Scanner,
}

impl Unjudged {
    /// For the reader, after a count: `given up by the page`.
    pub fn text(self) -> &'static str {
        match self {
            Self::GivenUp => "given up by the page",
            Self::NoAnswer => "without answer or reason",
            Self::NoBrowser => "not made by a browser",
            Self::NoOrigin => "of unknown origin",
            Self::OtherHost => "to hosts that the policy is not for",
            Self::OtherHostFailing => "failing at hosts that the policy is not for",
            Self::Scanner => "of scanners, refused as they should be",
        }
    }
}

/// One transaction, today and under the policy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Replay {
    /// What becomes of it.
    pub outcome: Outcome,
    /// Why it is not judged, where it is not.
    pub not_judged: Option<Unjudged>,
    /// The input, as the user named it.
    pub source: String,
    /// When the transaction began.
    pub time: Timestamp,
    /// The requesting origin; empty when it is not known.
    pub origin: String,
    /// The method that the page asked for.
    pub method: String,
    /// The URL that the page asked for.
    pub url: String,
    /// The recorded preflight of the first hop.
    pub preflight: Option<Locator>,
    /// The recorded actual request of the first hop.
    pub actual: Option<Locator>,
    /// The recorded statuses of both.
    pub status: Statuses,
    /// What fails today.
    pub today: Option<Problem>,
    /// What fails under the policy.
    pub then: Option<Problem>,
    /// Headers of the answer that the page can read today and could not read then.
    pub hidden: Vec<String>,
    /// What had to be taken for granted.
    pub assumed: Option<&'static str>,
}

/// Statuses as recorded; `None` without an answer.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Statuses {
    /// Of the preflight.
    pub preflight: Option<u16>,
    /// Of the actual request.
    pub actual: Option<u16>,
}

/// A rule that a transaction breaks, as `check` reports it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// The rule.
    pub rule: &'static str,
    /// How bad.
    pub severity: Severity,
    /// Which part failed.
    pub phase: Phase,
    /// The browsers' own codes.
    pub codes: Codes,
    /// What it is about.
    pub parameter: Option<String>,
    /// The URL that failed: after redirects another than the one that was asked for.
    pub url: String,
    /// Why, in a sentence or two.
    pub cause: String,
    /// What would settle an open question; empty when nothing is open.
    pub settles: String,
}

impl From<Finding> for Problem {
    fn from(finding: Finding) -> Self {
        Self {
            rule: finding.rule,
            severity: finding.severity,
            phase: finding.phase,
            codes: finding.codes,
            parameter: finding.parameter,
            url: finding.url,
            cause: finding.cause,
            settles: finding.settles,
        }
    }
}

/// Replays one transaction against `policy`. `judging` says whose rules decide, and names the input.
pub fn replay(fetch: &CorsFetch, policy: &Policy, judging: &rules::Policy<'_>) -> Replay {
    let mut replay = blank(fetch, judging);
    let browser = judging.judge_of(fetch);
    let today = today(fetch, judging);
    let Some(rewritten) = rewrite::under(fetch, policy, browser) else {
        let reason = match today {
            Some(_) => Unjudged::OtherHostFailing,
            None => Unjudged::OtherHost,
        };
        replay.today = today.map(Problem::from);
        return not_judged(replay, reason);
    };
    let then = rules::protocol(&rewritten.fetch, judging);
    if let Some(reason) = unjudged(fetch, today.as_ref(), then.as_ref()) {
        return not_judged(replay, reason);
    }
    let is_scanner = rules::is_test_origin(&fetch.origin.text);
    let (outcome, then) = match today {
        Some(ref today) if is_scanner && then.is_none() && is_of_protocol(today) => {
            (Outcome::NewlyOpen, None)
        }
        Some(ref today) => failing(today, then),
        None => passing(fetch, then, judging),
    };
    replay.outcome = outcome;
    if outcome == Outcome::Unchanged {
        replay.hidden = hidden(fetch, &rewritten);
    }
    replay.assumed = rewritten.assumed;
    replay.today = today.map(Problem::from);
    replay.then = then.map(Problem::from);
    replay
}

fn blank(fetch: &CorsFetch, judging: &rules::Policy<'_>) -> Replay {
    let preflight = fetch.first().and_then(|hop| hop.preflight());
    let actual = fetch.first().and_then(|hop| hop.actual.as_ref());
    Replay {
        outcome: Outcome::NotJudged,
        not_judged: None,
        source: judging.source.to_owned(),
        time: fetch.started(),
        origin: fetch.origin.text.to_string(),
        method: fetch.method().to_owned(),
        url: fetch.url().to_owned(),
        preflight: preflight.map(|exchange| exchange.locator),
        actual: actual.map(|exchange| exchange.locator),
        status: Statuses {
            preflight: preflight.and_then(|exchange| exchange.status()),
            actual: actual.and_then(|exchange| exchange.status()),
        },
        today: None,
        then: None,
        hidden: Vec::new(),
        assumed: None,
    }
}

fn not_judged(mut replay: Replay, reason: Unjudged) -> Replay {
    replay.not_judged = Some(reason);
    replay
}

/// What fails today, by the rules of `check`.
pub(super) fn today(fetch: &CorsFetch, judging: &rules::Policy<'_>) -> Option<Finding> {
    let finding = rules::primary(fetch, judging)?;
    // Beside the protocol a note can still be a load that failed: a connection refused, an extension.
    let has_failed = matches!(fetch.fate, Fate::Refused | Fate::NetworkError(_));
    (is_of_protocol(&finding) || finding.severity >= Severity::Depends || has_failed)
        .then_some(finding)
}

/// Whether other CORS fields would have changed it: not so what the network, the browser or its user did.
pub(super) fn is_of_protocol(finding: &Finding) -> bool {
    const FROM_CACHE: &str = "response-blocked-from-cache";
    finding.rule == FROM_CACHE
        || rules::find(finding.rule)
            .is_some_and(|rule| matches!(rule.family, Family::Response | Family::Preflight))
}

/// Whether nobody knows why the load failed, so that nobody knows what mends it.
pub(super) fn has_no_reason(today: &Finding) -> bool {
    const RULES: [&str; 2] = ["refusal-not-recorded", "preflight-no-response"];
    RULES.contains(&today.rule) && today.severity == Severity::Depends
}

fn unjudged(
    fetch: &CorsFetch,
    today: Option<&Finding>,
    then: Option<&Finding>,
) -> Option<Unjudged> {
    if fetch.fate == Fate::Aborted || fetch.caveats.contains(CaveatKind::ClientClosed) {
        return Some(Unjudged::GivenUp);
    }
    if fetch.enforcement == Enforcement::NonBrowser {
        return Some(Unjudged::NoBrowser);
    }
    if fetch
        .hops
        .iter()
        .any(|hop| hop.checked && hop.origin.is_empty())
    {
        return Some(Unjudged::NoOrigin);
    }
    if rules::is_test_origin(&fetch.origin.text) && then.is_some() {
        return Some(Unjudged::Scanner);
    }
    (fetch.fate == Fate::Unanswered && today.is_none()).then_some(Unjudged::NoAnswer)
}

/// A transaction that fails today.
fn failing(today: &Finding, then: Option<Finding>) -> (Outcome, Option<Finding>) {
    if has_no_reason(today) {
        // Whether the policy's answer mends it hangs on the reason, which nobody knows.
        return match then {
            Some(then) => (Outcome::StillFailing, Some(then)),
            None => (Outcome::Depends, Some(today.clone())),
        };
    }
    if !is_of_protocol(today) {
        return (Outcome::StillFailing, Some(today.clone()));
    }
    match then {
        None => (Outcome::Fixed, None),
        Some(then) if then.severity == Severity::Depends => (Outcome::Depends, Some(then)),
        Some(then) => (Outcome::StillFailing, Some(then)),
    }
}

/// A transaction that passes today.
fn passing(
    fetch: &CorsFetch,
    then: Option<Finding>,
    judging: &rules::Policy<'_>,
) -> (Outcome, Option<Finding>) {
    match then {
        None => (Outcome::Unchanged, None),
        Some(then) if then.severity == Severity::Blocked => (Outcome::NewlyBroken, Some(then)),
        // Today it hangs on the same fact.
        Some(_) if is_open_today(fetch, judging) => (Outcome::Unchanged, None),
        Some(then) => (Outcome::Depends, Some(then)),
    }
}

/// Whether the recorded answers, too, pass only without credentials.
fn is_open_today(fetch: &CorsFetch, judging: &rules::Policy<'_>) -> bool {
    if fetch.credentials.mode != CredentialsMode::Unknown {
        return false;
    }
    let mut perhaps = fetch.clone();
    perhaps.credentials.mode = CredentialsMode::Include;
    perhaps.credentials.confidence = Confidence::Possible;
    rules::protocol(&perhaps, judging).is_some()
}

/// Headers of the final answer that lose their permission to be read.
fn hidden(fetch: &CorsFetch, rewritten: &Rewritten) -> Vec<String> {
    let answer = |fetch: &CorsFetch| fetch.last()?.actual.as_ref()?.response.clone();
    let (Some(today), Some(then)) = (answer(fetch), answer(&rewritten.fetch)) else {
        return Vec::new();
    };
    let is_checked = fetch.last().is_some_and(|hop| hop.checked);
    let with_credentials = fetch.credentials.mode == CredentialsMode::Include;
    let mut names: Vec<String> = today
        .fields
        .iter()
        .map(|(name, _)| name.to_ascii_lowercase())
        .filter(|name| is_checked && !safelist::is_exposed_by_default(name))
        .filter(|name| exposes(&today, name, with_credentials))
        .filter(|name| !exposes(&then, name, with_credentials))
        .filter(|name| !name.starts_with("access-control-") && name != "set-cookie")
        .collect();
    names.sort_unstable();
    names.dedup();
    names
}

pub(super) fn exposes(answer: &Response, name: &str, with_credentials: bool) -> bool {
    let list = list::TokenList::of(&answer.fields, "access-control-expose-headers");
    list.has_ignoring_case(name) || (list.has_wildcard() && !with_credentials)
}

#[cfg(test)]
mod tests;
