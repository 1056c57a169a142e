//! `check`: analyse the inputs and write the reports.

use super::args::{CheckArgs, Common};
use super::gate::Gate;
use super::output::Trouble;
use super::plan::{self, CheckPlan};
use super::progress::Progress;
use super::{Failure, Status, inputs};
use corsight::analysis;
use corsight::finding::Summary;
use corsight::report::{self, Format, Redacting, Sink};
use std::collections::{BTreeMap, BTreeSet};

pub(super) fn run(args: CheckArgs, common: &Common) -> Result<Status, Failure> {
    let plan = CheckPlan::new(args)?;
    let Some(found) = inputs::find(&plan.paths) else {
        return Err(Failure::usage(inputs::NOTHING));
    };
    found.complain();
    let files = found.files();
    let trouble = Trouble::default();
    let mut sinks: Vec<Box<dyn Sink>> = Vec::new();
    for (format, target) in &plan.reports {
        let out = target.open(&files, &trouble)?;
        sinks.push(report::sink(
            *format,
            Box::new(out),
            plan::look(common, target),
        ));
    }
    let mut gate = Gate {
        inner: Redacting::new(&plan.redactor, sinks),
        filter: &plan.filter,
        rules: &plan.rules,
        threshold: plan.threshold,
        missing: &found.errors,
        skipped_files: found.skipped,
        passed: Summary::default(),
        fingerprints: BTreeSet::new(),
        held_back: 0,
        baseline: &plan.baseline,
        fresh: BTreeMap::new(),
        seen_again: BTreeSet::new(),
    };
    let is_streaming = plan
        .reports
        .iter()
        .any(|(format, _)| *format == Format::Ndjson);
    let progress = Progress::new(common, &found.sources, is_streaming);
    let mut failed = found.errors.len();
    let result = analysis::check(
        &found.sources,
        &plan.options,
        &mut gate,
        &mut |error| {
            failed += 1;
            progress.complain(error);
        },
        &|bytes| progress.at(bytes),
    );
    progress.finish();
    result.map_err(|error| trouble.failure(error))?;
    Ok(match plan.fail_on {
        _ if failed > 0 => Status::Error,
        Some(severity) if gate.has(severity) => Status::Findings,
        _ => Status::Clean,
    })
}
