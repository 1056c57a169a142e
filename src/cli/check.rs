//! `check`: analyse the inputs and write the reports.

use super::args::{CheckArgs, Common};
use super::gate::Gate;
use super::inputs::Inputs;
use super::output::Trouble;
use super::plan::{self, CheckPlan};
use super::progress::Progress;
use super::recipes::Recipes;
use super::{Failure, Status, batch, inputs};
use corsight::analysis;
use corsight::report::{self, Format, Redacting, Sink};

pub(super) fn run(args: CheckArgs, common: &Common) -> Result<Status, Failure> {
    let plan = CheckPlan::new(args, common.verbose > 0)?;
    let Some(found) = inputs::find(&plan.paths) else {
        return Err(Failure::usage(inputs::NOTHING));
    };
    found.complain();
    match &plan.output_dir {
        Some(folder) => batch::run(&plan, &found, common, folder),
        None => together(&plan, &found, common),
    }
}

fn together(plan: &CheckPlan, found: &Inputs, common: &Common) -> Result<Status, Failure> {
    let trouble = Trouble::default();
    let sinks = sinks(plan, found, common, &trouble)?;
    let mut gate = Gate {
        missing: &found.errors,
        skipped_files: found.skipped,
        ..Gate::new(plan, Redacting::new(&plan.redactor, sinks))
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

/// The renderers of all reports, each with its target open.
pub(super) fn sinks(
    plan: &CheckPlan,
    found: &Inputs,
    common: &Common,
    trouble: &Trouble,
) -> Result<Vec<Box<dyn Sink>>, Failure> {
    let files = found.files();
    let mut sinks: Vec<Box<dyn Sink>> = Vec::new();
    for (format, target) in &plan.reports {
        let out = target.open(&files, trouble)?;
        let look = plan::leading(plan::look(common, target), found, &plan.redactor);
        sinks.push(report::sink(*format, Box::new(out.clone()), look));
        if let Some(platform) = plan.server.filter(|_| *format == Format::Text) {
            sinks.push(Box::new(Recipes::new(out, platform)));
        }
    }
    Ok(sinks)
}
