//! The commands; only main.rs can name this room.
//!
//! Two steps, as in ripgrep: [`args`] is what the user typed, [`plan`] is what the program will do. Everything that can
//! be wrong with a command line is found between the two; after that nothing looks at flags.

mod args;
mod batch;
mod check;
mod config;
mod diff;
mod examples;
mod explain;
mod extract;
mod filter;
mod gate;
mod generate;
mod inputs;
mod merge;
mod output;
mod plan;
mod progress;
mod recipes;
mod redact;
mod simulate;
mod suggest;

use args::{Cli, Command};
use clap::{CommandFactory as _, FromArgMatches as _};
use std::ffi::OsString;
use std::fmt;
use std::io::{self, Write as _};
use std::process::ExitCode;

/// Runs the program with `args`, the first of which is its own name.
pub(crate) fn run(args: impl Iterator<Item = OsString>) -> ExitCode {
    let parsed = Cli::command()
        .try_get_matches_from(args::with_default_command(args))
        .and_then(|matches| Ok((Cli::from_arg_matches(&matches)?, matches)));
    let (mut cli, matches) = match parsed {
        Ok(parsed) => parsed,
        Err(error) => {
            let status = if error.use_stderr() {
                Status::Error
            } else {
                Status::Clean
            };
            // Nothing is left to be done where even this cannot be written.
            let _ = error.print();
            return status.into();
        }
    };
    if let Err(failure) = config::apply(&mut cli, &matches) {
        return failure.report().into();
    }
    let common = cli.common;
    let result = match cli.command {
        Command::Check(args) => check::run(*args, &common),
        Command::Diff(args) => diff::run(*args, &common),
        Command::Extract(args) => extract::run(*args, &common),
        Command::Explain(args) => explain::run(&args, &common),
        Command::Redact(args) => redact::run(args, &common),
        Command::Simulate(args) => simulate::run(*args, &common),
        Command::Merge(args) => merge::run(args, &common),
        Command::Schema(args) => generate::schema(&args),
        Command::Completions(args) => generate::completions(&args),
        Command::Man(args) => generate::man(&args),
    };
    match result {
        Ok(status) => status.into(),
        Err(failure) => failure.report().into(),
    }
}

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Status {
    /// Nothing at or above the threshold.
    Clean,
    /// Findings.
    Findings,
    /// A usage error, or an input could not be read.
    Error,
}

impl From<Status> for ExitCode {
    fn from(status: Status) -> Self {
        Self::from(match status {
            Status::Clean => 0,
            Status::Findings => 1,
            Status::Error => 2,
        })
    }
}

/// Why a command could not be carried out.
#[derive(Debug)]
enum Failure {
    /// What was typed makes no sense; one line for the user.
    Usage(String),
    /// The output could not be written.
    Output {
        /// Where to: a path, or `standard output`.
        target: String,
        /// Why not.
        error: io::Error,
    },
}

impl Failure {
    fn usage(text: impl Into<String>) -> Self {
        Self::Usage(text.into())
    }

    fn report(self) -> Status {
        // Whoever read the output has seen enough (`corsight … | head`): that is no failure.
        if let Self::Output { error, .. } = &self
            && error.kind() == io::ErrorKind::BrokenPipe
        {
            return Status::Clean;
        }
        complain(&self);
        Status::Error
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Usage(text) => f.write_str(text),
            Self::Output { target, error } => write!(f, "{target}: cannot be written: {error}"),
        }
    }
}

/// An error of writing to standard output.
impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::Output {
            target: "standard output".to_owned(),
            error,
        }
    }
}

/// One line on standard error.
fn complain(what: &dyn fmt::Display) {
    // A closed standard error is no reason to stop.
    let _ = writeln!(io::stderr().lock(), "corsight: {what}");
}
