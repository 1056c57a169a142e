//! What may be typed for `extract`.

use super::shared::{DisclosureArgs, FilterArgs, RunArgs};
use clap::{Args, ValueEnum, ValueHint};
use std::path::PathBuf;

#[derive(Debug, Args)]
pub(in crate::cli) struct ExtractArgs {
    /// HAR files, packet captures, directories, quoted patterns, or `-`
    #[arg(value_name = "PATH", value_hint = ValueHint::AnyPath)]
    pub(in crate::cli) paths: Vec<PathBuf>,
    /// Format of the output
    #[arg(
        long,
        short,
        value_name = "FORMAT",
        default_value = "table",
        help_heading = "Report"
    )]
    pub(in crate::cli) format: ExtractFormat,
    /// Write to FILE
    #[arg(long, short, value_name = "FILE", value_hint = ValueHint::FilePath, help_heading = "Report")]
    pub(in crate::cli) output: Option<PathBuf>,
    #[command(flatten)]
    pub(in crate::cli) disclosure: DisclosureArgs,
    #[command(flatten)]
    pub(in crate::cli) filter: FilterArgs,
    #[command(flatten)]
    pub(in crate::cli) run: RunArgs,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum ExtractFormat {
    /// For reading
    Table,
    /// One JSON object a line
    Ndjson,
    /// HAR 1.2, for the browser's developer tools
    Har,
    /// For DuckDB and its kin, where this build has it
    Parquet,
}
