//! What may be typed for `redact`.

use clap::{Args, ValueHint};
use std::path::PathBuf;

#[derive(Debug, Args)]
pub(in crate::cli) struct RedactArgs {
    /// The HAR file; standard input where it is `-` or missing
    #[arg(value_name = "HAR", value_hint = ValueHint::FilePath)]
    pub(in crate::cli) har: Option<PathBuf>,
    /// Write to FILE
    #[arg(long, short, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(in crate::cli) output: Option<PathBuf>,
}
