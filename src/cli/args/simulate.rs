//! What may be typed for `simulate`.

use super::shared::{BrowserArg, FilterArgs, RunArgs};
use clap::{Args, ValueEnum, ValueHint};
use corsight::report::simulation::SimulationFormat;
use std::path::PathBuf;

#[derive(Debug, Args)]
#[command(group = clap::ArgGroup::new("what").required(true).args(["policy", "suggest"]))]
pub(in crate::cli) struct SimulateArgs {
    /// HAR files, packet captures, directories, quoted patterns, or `-`
    #[arg(value_name = "PATH", value_hint = ValueHint::AnyPath)]
    pub(in crate::cli) paths: Vec<PathBuf>,
    /// The policy to try: a TOML file (see below)
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, help_heading = "Policy")]
    pub(in crate::cli) policy: Option<PathBuf>,
    /// Write the smallest policy that lets pass what failed; strangers are left out
    #[arg(long, help_heading = "Policy")]
    pub(in crate::cli) suggest: bool,
    /// With --suggest: as the configuration of this server or framework: nginx, express, spring …
    #[arg(
        long,
        value_name = "NAME",
        requires = "suggest",
        help_heading = "Policy"
    )]
    pub(in crate::cli) server: Option<String>,
    /// Format of the report on a policy
    #[arg(
        long,
        short,
        value_name = "FORMAT",
        default_value = "text",
        conflicts_with = "suggest",
        help_heading = "Report"
    )]
    pub(in crate::cli) format: SimulateFormat,
    /// Write to FILE
    #[arg(long, short, value_name = "FILE", value_hint = ValueHint::FilePath, help_heading = "Report")]
    pub(in crate::cli) output: Option<PathBuf>,
    /// Show cookies, credentials and tokens
    #[arg(long, help_heading = "Report")]
    pub(in crate::cli) show_secrets: bool,
    /// Exit with 0 whatever fails
    #[arg(long, help_heading = "Report")]
    pub(in crate::cli) exit_zero: bool,
    #[command(flatten)]
    pub(in crate::cli) filter: FilterArgs,
    #[command(flatten)]
    pub(in crate::cli) run: RunArgs,
    /// Whose rules decide [default: the browser that was recorded, else chromium]
    #[arg(long, value_name = "BROWSER", help_heading = "Analysis")]
    pub(in crate::cli) browser: Option<BrowserArg>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum SimulateFormat {
    /// For reading
    Text,
    /// One JSON document
    Json,
    /// One JSON object a line
    Ndjson,
}

impl From<SimulateFormat> for SimulationFormat {
    fn from(arg: SimulateFormat) -> Self {
        match arg {
            SimulateFormat::Text => Self::Text,
            SimulateFormat::Json => Self::Json,
            SimulateFormat::Ndjson => Self::Ndjson,
        }
    }
}
