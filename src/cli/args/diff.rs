//! What may be typed for `diff`.

use super::shared::{DisclosureArgs, RunArgs, SeverityArg};
use clap::{Args, ValueEnum, ValueHint};
use corsight::report::compare::Counts;
use std::path::PathBuf;

#[derive(Debug, Args)]
pub(in crate::cli) struct DiffArgs {
    /// How it was: a capture, a HAR, a directory, or a JSON report
    #[arg(value_name = "BEFORE", value_hint = ValueHint::AnyPath)]
    pub(in crate::cli) before: PathBuf,
    /// How it is now
    #[arg(value_name = "AFTER", value_hint = ValueHint::AnyPath)]
    pub(in crate::cli) after: PathBuf,
    /// Format of the comparison
    #[arg(
        long,
        short,
        value_name = "FORMAT",
        default_value = "text",
        help_heading = "Report"
    )]
    pub(in crate::cli) format: DiffFormat,
    /// Write to FILE
    #[arg(long, short, value_name = "FILE", value_hint = ValueHint::FilePath, help_heading = "Report")]
    pub(in crate::cli) output: Option<PathBuf>,
    #[command(flatten)]
    pub(in crate::cli) disclosure: DisclosureArgs,
    /// What makes exit status 1
    #[arg(
        long,
        value_name = "WHAT",
        default_value = "new",
        help_heading = "Report"
    )]
    pub(in crate::cli) fail_on: DiffFailOn,
    /// Compare findings of at least this severity
    #[arg(
        long,
        value_name = "SEVERITY",
        default_value = "depends",
        help_heading = "Filters"
    )]
    pub(in crate::cli) min_severity: SeverityArg,
    #[command(flatten)]
    pub(in crate::cli) run: RunArgs,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum DiffFormat {
    /// For reading in a terminal
    Text,
    /// One JSON document
    Json,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum DiffFailOn {
    /// What BEFORE did not have
    New,
    /// Also what was there before
    Still,
    /// Nothing
    Never,
}

impl DiffFailOn {
    pub(in crate::cli) fn fails(self, counts: Counts) -> bool {
        match self {
            Self::New => counts.new > 0,
            Self::Still => counts.new + counts.still > 0,
            Self::Never => false,
        }
    }
}
