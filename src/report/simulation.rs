//! What becomes of recorded traffic under a policy → bytes: JSON, NDJSON; the text is in [`super::text`].
//!
//! As with findings, renderers see no secrets: [`clean`] stands before them.

use super::ndjson::line;
use super::text::SimulationText;
use super::{Look, SCHEMA};
use crate::finding::Summary;
use crate::redact::Redactor;
use crate::simulate::{Outcome, Problem, Replay, Tally};
use serde::Serialize;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io::{self, Write};

/// A format of `simulate`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SimulationFormat {
    /// For a terminal.
    Text,
    /// One JSON document.
    Json,
    /// One JSON object a line.
    Ndjson,
}

/// Takes replays as they are decided and the counts at the end.
pub trait ReplaySink {
    /// One transaction.
    ///
    /// # Errors
    /// When the output cannot be written.
    fn replay(&mut self, replay: &Replay) -> io::Result<()>;

    /// The end of the run.
    ///
    /// # Errors
    /// When the output cannot be written.
    fn finish(&mut self, tally: &Tally, summary: &Summary) -> io::Result<()>;
}

/// The policy as a report names it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PolicyTitle {
    /// Its file, as the user named it.
    pub file: String,
    /// What it holds, in a few words.
    pub text: String,
    /// What will surprise whoever deploys it.
    pub warnings: Vec<&'static str>,
}

/// The renderer of `format`, writing to `out`.
pub fn replay_sink<'w>(
    format: SimulationFormat,
    policy: PolicyTitle,
    out: Box<dyn Write + 'w>,
    look: Look,
) -> Box<dyn ReplaySink + 'w> {
    match format {
        SimulationFormat::Text => Box::new(SimulationText::new(out, look, policy)),
        SimulationFormat::Json => Box::new(Json {
            out,
            policy,
            is_open: false,
        }),
        SimulationFormat::Ndjson => Box::new(Ndjson { out, policy }),
    }
}

/// A copy of `replay` without secrets; borrowed when secrets are shown.
pub fn clean<'a>(redactor: &Redactor, replay: &'a Replay) -> Cow<'a, Replay> {
    if redactor.is_open() {
        return Cow::Borrowed(replay);
    }
    let problem = |problem: &Option<Problem>| {
        problem.as_ref().map(|problem| Problem {
            url: redactor.url(&problem.url).into_owned(),
            cause: redactor.prose(&problem.cause).into_owned(),
            settles: redactor.prose(&problem.settles).into_owned(),
            parameter: problem
                .parameter
                .as_deref()
                .map(|text| redactor.prose(text).into_owned()),
            ..problem.clone()
        })
    };
    Cow::Owned(Replay {
        origin: redactor.url(&replay.origin).into_owned(),
        url: redactor.url(&replay.url).into_owned(),
        today: problem(&replay.today),
        then: problem(&replay.then),
        ..replay.clone()
    })
}

/// The counts: every outcome, also those that did not come up.
#[derive(Serialize)]
struct Counts<'a> {
    policy: &'a PolicyTitle,
    outcomes: BTreeMap<Outcome, u64>,
    not_judged: BTreeMap<crate::simulate::Unjudged, u64>,
    hidden: BTreeMap<&'a str, Vec<&'a str>>,
    summary: &'a Summary,
}

impl<'a> Counts<'a> {
    fn new(policy: &'a PolicyTitle, tally: &'a Tally, summary: &'a Summary) -> Self {
        Self {
            policy,
            outcomes: Outcome::ALL
                .into_iter()
                .map(|outcome| (outcome, tally.count(outcome)))
                .collect(),
            not_judged: tally.not_judged().collect(),
            hidden: tally.hidden().collect(),
            summary,
        }
    }
}

struct Ndjson<W> {
    out: W,
    policy: PolicyTitle,
}

impl<W: Write> ReplaySink for Ndjson<W> {
    fn replay(&mut self, replay: &Replay) -> io::Result<()> {
        line(&mut self.out, "replay", replay)?;
        self.out.flush()
    }

    fn finish(&mut self, tally: &Tally, summary: &Summary) -> io::Result<()> {
        let counts = Counts::new(&self.policy, tally, summary);
        line(&mut self.out, "simulation", &counts)?;
        self.out.flush()
    }
}

/// `{"schema":1,"replays":[…],"simulation":{…}}`, written as it comes.
struct Json<W> {
    out: W,
    policy: PolicyTitle,
    is_open: bool,
}

impl<W: Write> Json<W> {
    fn open(&mut self) -> io::Result<()> {
        write!(self.out, "{{\"schema\":{SCHEMA},\"replays\":[")
    }
}

impl<W: Write> ReplaySink for Json<W> {
    fn replay(&mut self, replay: &Replay) -> io::Result<()> {
        if self.is_open {
            self.out.write_all(b",\n")?;
        } else {
            self.is_open = true;
            self.open()?;
            self.out.write_all(b"\n")?;
        }
        Ok(serde_json::to_writer(&mut self.out, replay)?)
    }

    fn finish(&mut self, tally: &Tally, summary: &Summary) -> io::Result<()> {
        if !self.is_open {
            self.open()?;
        }
        self.out.write_all(b"],\n\"simulation\":")?;
        serde_json::to_writer(&mut self.out, &Counts::new(&self.policy, tally, summary))?;
        self.out.write_all(b"}\n")?;
        self.out.flush()
    }
}
