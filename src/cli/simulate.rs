//! `simulate`: try a policy on recorded traffic, or write the one that it asks for.

use super::args::{Common, SimulateArgs};
use super::filter::Filter;
use super::inputs::Inputs;
use super::output::{Target, Trouble};
use super::progress::Progress;
use super::{Failure, Status, complain, inputs, plan};
use corsight::analysis::{self, Options};
use corsight::finding::Summary;
use corsight::finding::summary::FailedInput;
use corsight::fixes::{self, Platform};
use corsight::report::simulation::{self, PolicyTitle};
use corsight::simulate::{Policy, Suggestion, Tally};
use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::Path;

pub(super) fn run(args: SimulateArgs, common: &Common) -> Result<Status, Failure> {
    let platform = args.server.as_deref().map(platform).transpose()?;
    let policy = args.policy.as_deref().map(read_policy).transpose()?;
    let Some(found) = inputs::find(&args.paths) else {
        return Err(Failure::usage(inputs::NOTHING));
    };
    found.complain();
    let mut options = plan::options(args.run);
    options.browser = args.browser.map(Into::into);
    let run = Run {
        common,
        filter: Filter::new(args.filter).map_err(Failure::Usage)?,
        options,
        found,
        target: Target::new(args.output),
    };
    let Some((policy, title)) = policy else {
        return run.suggest(platform);
    };
    let redactor = plan::closed_unless(args.show_secrets);
    let trouble = Trouble::default();
    let out = run.target.open(&run.found.files(), &trouble)?;
    let mut sink = simulation::replay_sink(
        args.format.into(),
        title,
        Box::new(out),
        plan::look(common, &run.target),
    );
    let mut tally = Tally::default();
    let mut failed = run.found.errors.len();
    let progress = Progress::new(common, &run.found.sources, false);
    let result = analysis::simulate(
        &run.found.sources,
        &run.options,
        &policy,
        &mut |replay| {
            if !run.filter.wants_replay(replay) {
                return Ok(());
            }
            let replay = simulation::clean(&redactor, replay);
            tally.add(&replay);
            sink.replay(&replay)
        },
        &mut |error| {
            failed += 1;
            progress.complain(error);
        },
        &|bytes| progress.at(bytes),
    );
    progress.finish();
    result
        .and_then(|summary| {
            let summary = run.complete(summary);
            sink.finish(&tally, &redactor.summary(&summary))
        })
        .map_err(|error| trouble.failure(error))?;
    Ok(match tally.is_bad() && !args.exit_zero {
        _ if failed > 0 => Status::Error,
        true => Status::Findings,
        false => Status::Clean,
    })
}

/// A run whose command line is resolved.
struct Run<'a> {
    common: &'a Common,
    filter: Filter,
    options: Options,
    found: Inputs,
    target: Target,
}

impl Run<'_> {
    /// Writes a policy, as TOML or as a server's configuration.
    fn suggest(&self, platform: Option<&Platform>) -> Result<Status, Failure> {
        let mut failed = self.found.errors.len();
        let progress = Progress::new(self.common, &self.found.sources, false);
        let result = analysis::suggest(
            &self.found.sources,
            &self.options,
            &|fetch| self.filter.wants_fetch(fetch),
            &mut |error| {
                failed += 1;
                progress.complain(error);
            },
            &|bytes| progress.at(bytes),
        );
        progress.finish();
        let (suggestion, _) = result?;
        let text = match platform {
            None => suggestion.to_string(),
            Some(platform) => recipe(&suggestion, platform),
        };
        let trouble = Trouble::default();
        let mut out = self.target.open(&self.found.files(), &trouble)?;
        out.write_all(text.as_bytes())
            .and_then(|()| out.flush())
            .map_err(|error| trouble.failure(error))?;
        Ok(if failed > 0 {
            Status::Error
        } else {
            Status::Clean
        })
    }

    /// With what the analysis could not know: paths that were not even found.
    fn complete(&self, mut summary: Summary) -> Summary {
        let missing = self.found.errors.iter().map(|error| FailedInput {
            source: error.input.clone(),
            error: error.to_string(),
        });
        summary.failed_inputs.extend(missing);
        summary.skip(
            "files that are neither a HAR nor a capture",
            self.found.skipped,
        );
        summary
    }
}

/// Largest policy file, in bytes: a list of ten thousand origins is far below.
const LARGEST_POLICY: u64 = 4 << 20;

fn read_policy(path: &Path) -> Result<(Policy, PolicyTitle), Failure> {
    let file = path.display().to_string();
    let fault = |what: &dyn std::fmt::Display| Failure::usage(format!("{file}: {what}"));
    let size = fs::metadata(path).map_err(|error| fault(&error))?.len();
    if size > LARGEST_POLICY {
        return Err(fault(&"is too large for a policy file"));
    }
    let text = fs::read_to_string(path).map_err(|error| fault(&error))?;
    let policy = Policy::parse(&text).map_err(|error| fault(&error))?;
    let title = PolicyTitle {
        file,
        text: policy.to_string(),
        warnings: policy.warnings(),
    };
    Ok((policy, title))
}

fn platform(name: &str) -> Result<&'static Platform, Failure> {
    fixes::find(name).map_err(|error| {
        let all: Vec<&str> = fixes::ALL.iter().map(|platform| platform.id).collect();
        Failure::usage(format!("--server: {error}\n  there are {}", all.join(", ")))
    })
}

/// The platform's configuration, one for each host; what was left out is told on standard error.
fn recipe(suggestion: &Suggestion, platform: &Platform) -> String {
    let mut text = String::new();
    for host in &suggestion.hosts {
        for stranger in &host.strangers {
            complain(&format!(
                "left out: {} ({})",
                stranger.origin.escape_debug(),
                stranger.why
            ));
        }
        for remark in &host.remarks {
            complain(&format!("{}: {remark}", host.host.escape_debug()));
        }
        if !host.is_useful() {
            continue;
        }
        let snippet = platform.snippet(&fixes::Policy {
            origins: host.origins.clone(),
            methods: host.methods.clone(),
            headers: host.headers.clone(),
            expose: host.expose_headers.clone(),
            credentials: host.credentials,
            max_age: host.max_age,
            path: "/".to_owned(),
            upstream: None,
            api: Some(host.site.clone()),
        });
        if suggestion.hosts.len() > 1 {
            let _ = writeln!(text, "══ {}\n", host.host.escape_debug());
        }
        let _ = writeln!(text, "{snippet}");
    }
    if text.is_empty() {
        complain(&"nothing failed that a CORS policy could mend");
    }
    text
}
