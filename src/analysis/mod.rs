//! The parallel pipeline: wiring only, no parsing.

mod belt;
mod capture;
mod check;
mod decide;
mod extract;
mod har;
mod job;
mod judge;
mod ledger;
mod order;
mod preflights;
mod read;
mod rotation;
mod supplement;
#[cfg(test)]
mod testing;

use crate::cors::{CorsFetch, Role};
use crate::error::Error;
use crate::fetch::Browser;
use crate::finding::Summary;
use crate::http::{Exchange, Locator};
use crate::input::Source;
use crate::limits::Limits;
use crate::report::Sink;
use crate::simulate::{Policy, Replay, Suggestion, Wishes};
use ledger::{Ledger, Taker};
use std::io;
use std::path::PathBuf;

/// What a run is asked to do.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Bounds.
    pub limits: Limits,
    /// NSS key logs.
    pub key_logs: Vec<PathBuf>,
    /// All captures are parts of one: flows run on across files.
    pub as_one: bool,
    /// Whose rules decide; `None`: the one seen, else Chromium's.
    pub browser: Option<Browser>,
    /// Findings bring their exchanges with them, for reports that show what was on the wire.
    pub keep_exchanges: bool,
}

/// An exchange with the part it plays, for `extract`.
#[derive(Debug, Clone, Copy)]
pub struct Extracted<'a> {
    /// The exchange.
    pub exchange: &'a Exchange,
    /// Its input, as the user named it.
    pub source: &'a str,
    /// The part it plays.
    pub role: Role,
    /// The preflight of an actual request, the actual request of a preflight.
    pub pair: Option<Locator>,
}

/// Analyses `sources` and gives every finding to `sink`, in the order of their transactions, then the causes and counts.
///
/// Works on the current rayon pool. `progress` is called now and then with the bytes read so far, as they lie on disk.
///
/// # Errors
/// Only when `sink` fails. Inputs that cannot be read are reported to `failed` and counted in the summary.
pub fn check(
    sources: &[Source],
    options: &Options,
    sink: &mut dyn Sink,
    failed: &mut dyn FnMut(&Error),
    progress: &dyn Fn(u64),
) -> io::Result<Summary> {
    let rulebook = judge::Rulebook {
        options,
        sources,
        task: judge::Task::Findings,
    };
    let taker = Taker::report(sink);
    check::Run::new(Ledger::new(rulebook, taker, failed, progress)).over()
}

/// Replays every cross-origin request of `sources` against `policy` and gives what becomes of it to `each`, in the order
/// of `check`.
///
/// # Errors
/// Only when `each` fails. Inputs that cannot be read are reported to `failed` and counted in the summary.
pub fn simulate(
    sources: &[Source],
    options: &Options,
    policy: &Policy,
    each: &mut dyn FnMut(&Replay) -> io::Result<()>,
    failed: &mut dyn FnMut(&Error),
    progress: &dyn Fn(u64),
) -> io::Result<Summary> {
    let rulebook = judge::Rulebook {
        options,
        sources,
        task: judge::Task::Replay(policy),
    };
    let taker = Taker::Replays(each);
    check::Run::new(Ledger::new(rulebook, taker, failed, progress)).over()
}

/// Looks for the smallest policy that lets pass what failed in `sources`, as far as `wants` takes it into account.
///
/// # Errors
/// None of its own: there is no output that could fail.
pub fn suggest(
    sources: &[Source],
    options: &Options,
    wants: &dyn Fn(&CorsFetch) -> bool,
    failed: &mut dyn FnMut(&Error),
    progress: &dyn Fn(u64),
) -> io::Result<(Suggestion, Summary)> {
    let rulebook = judge::Rulebook {
        options,
        sources,
        task: judge::Task::Nothing,
    };
    let mut wishes = Wishes::default();
    let taker = Taker::Wishes(&mut wishes, wants);
    let summary = check::Run::new(Ledger::new(rulebook, taker, failed, progress)).over()?;
    Ok((wishes.finish(), summary))
}

/// Rebuilds every exchange of `sources` and gives it to `each`, in the order of the input.
///
/// Works on the current rayon pool. `progress` is called now and then with the bytes read so far, as they lie on disk.
///
/// # Errors
/// Only when `each` fails. Inputs that cannot be read are reported to `failed` and counted in the summary.
pub fn extract(
    sources: &[Source],
    options: &Options,
    each: &mut dyn FnMut(Extracted<'_>) -> io::Result<()>,
    failed: &mut dyn FnMut(&Error),
    progress: &dyn Fn(u64),
) -> io::Result<Summary> {
    extract::over(sources, options, each, failed, progress)
}
