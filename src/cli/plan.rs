//! What the program will do: everything typed is resolved here, once.

use super::args::{CheckArgs, Common, DisclosureArgs, NO_PARQUET, RunArgs, WhenArg};
use super::filter::{Filter, RuleFilter};
use super::inputs::Inputs;
use super::output::Target;
use super::{Failure, diff};
use corsight::analysis::Options;
use corsight::finding::Severity;
use corsight::finding::summary::Threshold;
use corsight::fixes::Platform;
use corsight::redact::Redactor;
use corsight::report::known::Known;
use corsight::report::{Format, Look, Verbosity};
use std::io::{self, IsTerminal as _};
use std::path::PathBuf;
use std::sync::Arc;

/// A `check` that is ready to run.
pub(super) struct CheckPlan {
    pub(super) paths: Vec<PathBuf>,
    pub(super) options: Options,
    /// At least one; at most one goes to standard output.
    pub(super) reports: Vec<(Format, Target)>,
    pub(super) filter: Filter,
    pub(super) rules: RuleFilter,
    pub(super) threshold: Threshold,
    /// Least severity that makes exit status 1.
    pub(super) fail_on: Option<Severity>,
    pub(super) redactor: Redactor,
    /// Each input by itself, with a report in this folder.
    pub(super) output_dir: Option<PathBuf>,
    /// The format of these reports.
    pub(super) format: Format,
    /// What to write recipes for.
    pub(super) server: Option<&'static Platform>,
    /// Findings that are accepted.
    pub(super) baseline: Known,
}

impl CheckPlan {
    pub(super) fn new(args: CheckArgs, is_verbose: bool) -> Result<Self, Failure> {
        let mut options = options(args.run);
        options.browser = args.browser.map(Into::into);
        let total = match (&args.output_dir, args.output) {
            (Some(folder), None) => Some(folder.join(format!("total.{}", args.format.extension()))),
            (_, output) => output,
        };
        let mut reports = vec![(args.format, Target::new(total))];
        reports.extend(
            args.report
                .into_iter()
                .map(|(format, path)| (format, Target::new(Some(path)))),
        );
        for (index, (_, target)) in reports.iter().enumerate() {
            if reports
                .iter()
                .skip(index + 1)
                .any(|(_, other)| other == target)
            {
                return Err(Failure::usage(match target {
                    Target::Stdout => {
                        "two reports to standard output; give one of them a file".to_owned()
                    }
                    Target::File(path) => format!("{}: two reports to one file", path.display()),
                }));
            }
        }
        if reports
            .iter()
            .any(|(format, target)| format.is_binary() && *target == Target::Stdout)
        {
            binary(io::stdout().is_terminal())?;
        }
        if args.server.is_some() && !reports.iter().any(|(format, _)| *format == Format::Text) {
            return Err(Failure::usage(
                "--server adds to the text report; there is none here (explain --server prints a recipe alone)",
            ));
        }
        if args.output_dir.is_some() && options.as_one {
            return Err(Failure::usage(
                "--output-dir takes each input by itself, --as-one all of them together",
            ));
        }
        options.keep_exchanges = reports
            .iter()
            .any(|(format, _)| *format == Format::Html || (*format == Format::Text && is_verbose));
        Ok(Self {
            paths: args.paths,
            options,
            reports,
            filter: Filter::new(args.filter).map_err(Failure::Usage)?,
            rules: RuleFilter::new(&args.rule).map_err(Failure::Usage)?,
            threshold: Threshold {
                severity: args.min_severity.into(),
                confidence: args.min_confidence.into(),
            },
            fail_on: args.fail_on.severity().filter(|_| !args.exit_zero),
            redactor: redactor(args.disclosure),
            output_dir: args.output_dir,
            format: args.format,
            server: args.server,
            baseline: diff::baseline(args.baseline.as_deref())?,
        })
    }
}

/// Refuses what this build cannot write, and to write bytes to a terminal.
pub(super) fn binary(is_on_terminal: bool) -> Result<(), Failure> {
    if cfg!(not(feature = "parquet")) {
        return Err(Failure::usage(NO_PARQUET));
    }
    match is_on_terminal {
        true => Err(Failure::usage(
            "this format is nothing for a terminal; give it a file with --output",
        )),
        false => Ok(()),
    }
}

/// How to read, from the flags that `check` and `extract` share. Sets the number of worker threads of the process.
pub(super) fn options(args: RunArgs) -> Options {
    // The pool can be set once; a command does this once.
    let _ = rayon::ThreadPoolBuilder::new()
        .num_threads(args.jobs)
        .build_global();
    Options {
        key_logs: args.keylog,
        as_one: args.as_one,
        ..Options::default()
    }
}

pub(super) fn redactor(disclosure: DisclosureArgs) -> Redactor {
    let redactor = closed_unless(disclosure.show_secrets);
    match disclosure.redact_hosts {
        true => redactor.hiding_hosts(),
        false => redactor,
    }
}

pub(super) fn closed_unless(show_secrets: bool) -> Redactor {
    match show_secrets {
        true => Redactor::open(),
        false => Redactor::closed(),
    }
}

/// The same look, in which the names of `found` lead to their files.
pub(super) fn leading(look: Look, found: &Inputs, redactor: &Redactor) -> Look {
    let links = look.links.map(|_| Arc::new(found.links(redactor)));
    Look { links, ..look }
}

/// How text written to `target` shall look.
pub(super) fn look(common: &Common, target: &Target) -> Look {
    let on_terminal = *target == Target::Stdout && io::stdout().is_terminal();
    let color = match common.color {
        WhenArg::Always => true,
        WhenArg::Never => false,
        WhenArg::Auto => {
            *target == Target::Stdout
                && anstream::AutoStream::choice(&io::stdout()) != anstream::ColorChoice::Never
        }
    };
    let has_links = match common.hyperlinks {
        WhenArg::Always => *target == Target::Stdout,
        WhenArg::Never => false,
        WhenArg::Auto => {
            *target == Target::Stdout
                && supports_hyperlinks::on(supports_hyperlinks::Stream::Stdout)
        }
    };
    let width = common.width.map(usize::from).or_else(|| {
        on_terminal
            .then(terminal_size::terminal_size)
            .flatten()
            .map(|(width, _)| usize::from(width.0))
    });
    Look {
        width: width.unwrap_or(80),
        color,
        verbosity: match (common.quiet, common.verbose) {
            (true, _) => Verbosity::Quiet,
            (false, 0) => Verbosity::Normal,
            (false, _) => Verbosity::Verbose,
        },
        links: has_links.then(Arc::default),
    }
}
