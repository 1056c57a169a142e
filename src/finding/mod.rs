//! A finding: one request that the browser refused, might refuse, or allowed at a risk; with evidence and fix.

pub mod cause;
pub mod latency;
pub mod summary;

pub use cause::Cause;
pub use latency::Latency;
pub use summary::Summary;

use crate::caveat::CaveatSet;
use crate::http::{Exchange, Locator};
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::sync::Arc;
use std::time::Duration;

/// How bad it is. The order is that of `--fail-on`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Information; never a violation.
    Note,
    /// Allowed, but unsafe, fragile or expensive.
    Risk,
    /// Refusal depends on a fact that is not in the input; the finding names it.
    Depends,
    /// A conforming browser refuses.
    Blocked,
}

impl Severity {
    /// The name in the output contract.
    pub fn name(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Risk => "risk",
            Self::Depends => "depends",
            Self::Blocked => "blocked",
        }
    }

    /// The severity called `name`.
    pub fn named(name: &str) -> Option<Self> {
        [Self::Note, Self::Risk, Self::Depends, Self::Blocked]
            .into_iter()
            .find(|severity| severity.name() == name)
    }
}

/// How sure it is that the rule's condition holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Confidence {
    /// Circumstantial.
    Possible,
    /// Evidence short of proof.
    Likely,
    /// The input proves it.
    Definite,
}

/// Whether the client is something that enforces CORS.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Enforcement {
    /// Certainly a browser.
    BrowserProven,
    /// Looks like one.
    BrowserLikely,
    /// Cannot be told.
    Unknown,
    /// Not a browser: it *would* be blocked in one.
    NonBrowser,
}

/// Whether later traffic or the recorder agrees.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// The recorder says that the load failed.
    Confirmed,
    /// Nothing contradicts: a failed preflight was followed by no request.
    Consistent,
    /// Later traffic says otherwise.
    Contradicted,
    /// Nothing can be seen.
    Unseen,
}

/// Which part of the transaction failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Phase {
    /// The CORS preflight.
    Preflight,
    /// The actual request's final answer.
    Actual,
    /// A redirect on the way.
    Redirect,
    /// Before, beside or after the CORS protocol.
    Other,
}

/// The browsers' own names for a failure, for searching.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize)]
pub struct Codes {
    /// Chromium's `CorsError` name or `net::` error.
    pub chromium: Option<&'static str>,
    /// Firefox' console category.
    pub firefox: Option<&'static str>,
    /// WebKit's kind of console message (it has no codes).
    pub webkit: Option<&'static str>,
}

/// Which message a piece of evidence stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum MessageKind {
    /// The preflight's request.
    PreflightRequest,
    /// The preflight's answer.
    PreflightResponse,
    /// The actual request.
    ActualRequest,
    /// Its answer.
    ActualResponse,
    /// A redirect's answer.
    RedirectResponse,
    /// Something else that was recorded: an error text, another exchange.
    Recorded,
}

/// One fact that the finding rests on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Evidence {
    /// Where it stands.
    pub message: MessageKind,
    /// Field name in lower case, or `:status`, `:method`, `:url`.
    pub field: Cow<'static, str>,
    /// The value; `None` when the field is absent and should be there.
    pub value: Option<String>,
    /// What is remarkable about it; empty for context.
    pub note: String,
    /// Byte range of the faulty part of `value`, for underlining.
    #[serde(skip)]
    pub span: Option<(usize, usize)>,
}

/// Another rule that the same transaction breaks: the next error the user would meet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AlsoWrong {
    /// The rule.
    pub rule: &'static str,
    /// What it is about: a header name, a method.
    pub parameter: Option<String>,
}

/// One thing to change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Fix {
    /// Machine name: `add-method`, `answer-preflight`, …
    pub action: &'static str,
    /// One sentence in the imperative with this capture's values.
    pub text: String,
    /// The values, for generating snippets.
    pub params: FixParams,
}

impl Fix {
    /// What joins it to the fix before it: `and` where both are needed, `or` before an alternative.
    pub fn joint(&self) -> &'static str {
        match self.action {
            "purge-cache" | "vary-origin" => "and",
            _ => "or",
        }
    }
}

/// Values that a server's recipe needs.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(default)]
pub struct FixParams {
    /// Origins to allow.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub origins: Vec<String>,
    /// Methods to allow.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub methods: Vec<String>,
    /// Request header names to allow.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub headers: Vec<String>,
    /// Response header names to expose.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub expose: Vec<String>,
    /// Whether credentials must be allowed; `None` when it is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub credentials: Option<bool>,
    /// Path that the change is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// URL to call instead.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub final_url: Option<String>,
}

/// One exchange that a finding speaks of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ExchangeRef {
    /// Where it stands in the input.
    pub locator: Locator,
    /// Its status; `None` without an answer.
    pub status: Option<u16>,
    /// How long it took.
    pub duration: Option<Duration>,
}

/// One request that the browser refused, might refuse, or allowed at a risk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The rule's name: `allow-origin-missing`.
    pub rule: &'static str,
    /// How bad.
    pub severity: Severity,
    /// How sure.
    pub confidence: Confidence,
    /// Whether the client enforces CORS.
    pub enforcement: Enforcement,
    /// Whether the rest of the input agrees.
    pub outcome: Outcome,
    /// Which part failed.
    pub phase: Phase,
    /// The browsers' own codes.
    pub codes: Codes,
    /// What the rule is about in this case: a method, a header name, an origin value.
    pub parameter: Option<String>,
    /// The input, as the user named it.
    pub source: String,
    /// When the transaction began.
    pub time: Timestamp,
    /// The requesting origin, `null` included; empty when it is not known.
    pub origin: String,
    /// Method of the *actual* request, also when its preflight failed.
    pub method: String,
    /// URL of the *actual* request.
    pub url: String,
    /// How the page made the request (`fetch`, `xhr`, `font`, …), where known.
    pub initiator: Option<&'static str>,
    /// `include`, `omit` or `unknown`, with the reason for the reader: `unknown (sanitized export)`.
    pub credentials: String,
    /// The preflight, if one was seen.
    pub preflight: Option<ExchangeRef>,
    /// The actual request, if one was seen.
    pub actual: Option<ExchangeRef>,
    /// The facts, most important first.
    pub evidence: Vec<Evidence>,
    /// What else is wrong with the same transaction.
    pub also_wrong: Vec<AlsoWrong>,
    /// One or two sentences: why the browser refused.
    pub cause: String,
    /// A short machine tag for a special form of the rule: `trailing-slash`, `auth-before-cors`.
    pub tag: Option<&'static str>,
    /// What to change, best first.
    pub fix: Vec<Fix>,
    /// The cause pattern that explains it, once known.
    pub explained_by: Option<&'static str>,
    /// What lowers confidence.
    pub caveats: CaveatSet,
    /// What would settle an open question; empty when nothing is open.
    pub settles: String,
    /// Equal for the same fault in another capture: rule, method, origin, host, route template, parameter. 16 hex digits.
    pub fingerprint: String,
    /// The server or framework that seems to have answered: an id that `--server` takes. Looked for where it helps.
    pub platform: Option<&'static str>,
    /// The user's baseline holds it: it is shown, and does not count for the exit status.
    pub is_known: bool,
    /// The exchanges themselves, in the order of time; empty unless the run was asked to keep them.
    pub exchanges: Vec<Arc<Exchange>>,
}

#[derive(Serialize)]
struct Statuses {
    preflight: Option<u16>,
    actual: Option<u16>,
}

/// Serialises as the contract's finding line, without `schema` and `type`.
///
/// The exchanges are no part of it: `extract` writes them.
impl Serialize for Finding {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeStruct as _;
        let mut out = serializer.serialize_struct("Finding", 29)?;
        out.serialize_field("rule", self.rule)?;
        out.serialize_field("severity", &self.severity)?;
        out.serialize_field("confidence", &self.confidence)?;
        out.serialize_field("enforcement", &self.enforcement)?;
        out.serialize_field("outcome", &self.outcome)?;
        out.serialize_field("phase", &self.phase)?;
        out.serialize_field("codes", &self.codes)?;
        out.serialize_field("parameter", &self.parameter)?;
        out.serialize_field("tag", &self.tag)?;
        out.serialize_field("source", &self.source)?;
        out.serialize_field("time", &self.time)?;
        out.serialize_field("origin", &self.origin)?;
        out.serialize_field("method", &self.method)?;
        out.serialize_field("url", &self.url)?;
        out.serialize_field("initiator", &self.initiator)?;
        out.serialize_field("credentials", &self.credentials)?;
        out.serialize_field(
            "preflight",
            &self.preflight.map(|exchange| exchange.locator),
        )?;
        out.serialize_field("actual", &self.actual.map(|exchange| exchange.locator))?;
        out.serialize_field(
            "status",
            &Statuses {
                preflight: self.preflight.and_then(|exchange| exchange.status),
                actual: self.actual.and_then(|exchange| exchange.status),
            },
        )?;
        out.serialize_field("evidence", &self.evidence)?;
        out.serialize_field("also_wrong", &self.also_wrong)?;
        out.serialize_field("cause", &self.cause)?;
        out.serialize_field("settles", &self.settles)?;
        out.serialize_field("fix", &self.fix)?;
        out.serialize_field("explained_by", &self.explained_by)?;
        out.serialize_field("caveats", &self.caveats)?;
        out.serialize_field("fingerprint", &self.fingerprint)?;
        out.serialize_field("platform", &self.platform)?;
        if self.is_known {
            out.serialize_field("known", &true)?;
        }
        out.end()
    }
}
