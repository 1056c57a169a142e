//! What may be typed for `merge`.

use clap::{Args, ValueEnum, ValueHint};
use std::path::PathBuf;

#[derive(Debug, Args)]
pub(in crate::cli) struct MergeArgs {
    /// Reports as `check` writes them with --format json or ndjson; `-` for standard input
    #[arg(value_name = "REPORT", value_hint = ValueHint::FilePath, required = true)]
    pub(in crate::cli) reports: Vec<PathBuf>,
    /// Format of the joined report
    #[arg(long, short, value_name = "FORMAT", default_value = "json")]
    pub(in crate::cli) format: MergeFormat,
    /// Write to FILE
    #[arg(long, short, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(in crate::cli) output: Option<PathBuf>,
    /// Exit with 0 whatever is in the reports
    #[arg(long)]
    pub(in crate::cli) exit_zero: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum MergeFormat {
    /// One JSON document
    Json,
    /// One JSON object a line
    Ndjson,
}
