//! What may be typed for `merge`.

use super::shared::format_parser;
use clap::{Args, ValueHint};
use corsight::report::Format;
use std::path::PathBuf;

#[derive(Debug, Args)]
pub(in crate::cli) struct MergeArgs {
    /// Reports as `check` writes them with --format json or ndjson; `-` for standard input
    #[arg(value_name = "REPORT", value_hint = ValueHint::FilePath, required = true)]
    pub(in crate::cli) reports: Vec<PathBuf>,
    /// Format of the joined report
    #[arg(long, short, value_name = "FORMAT", value_parser = format_parser(), default_value = "json")]
    pub(in crate::cli) format: Format,
    /// Write to FILE
    #[arg(long, short, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(in crate::cli) output: Option<PathBuf>,
    /// Show cookies, credentials and tokens, where the reports have them
    #[arg(long)]
    pub(in crate::cli) show_secrets: bool,
    /// Exit with 0 whatever is in the reports
    #[arg(long)]
    pub(in crate::cli) exit_zero: bool,
}
