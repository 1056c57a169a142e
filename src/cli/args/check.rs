//! What may be typed for `check`.

use super::shared::{
    BrowserArg, ConfidenceArg, DisclosureArgs, FilterArgs, RunArgs, SeverityArg, format_named,
    format_parser, parse_server,
};
use clap::{Args, ValueEnum, ValueHint};
use corsight::finding::Severity;
use corsight::fixes::Platform;
use corsight::report::Format;
use std::path::PathBuf;

#[derive(Debug, Args)]
pub(in crate::cli) struct CheckArgs {
    /// HAR files, packet captures, directories, quoted patterns, or `-`
    #[arg(value_name = "PATH", value_hint = ValueHint::AnyPath)]
    pub(in crate::cli) paths: Vec<PathBuf>,
    /// Format of the report
    #[arg(long, short, value_name = "FORMAT", value_parser = format_parser(), default_value = "text", help_heading = "Report")]
    pub(in crate::cli) format: Format,
    /// Write the report to FILE
    #[arg(long, short, value_name = "FILE", value_hint = ValueHint::FilePath, help_heading = "Report")]
    pub(in crate::cli) output: Option<PathBuf>,
    /// Analyse each input by itself and write a report for each into DIR, and a total
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath, help_heading = "Report")]
    pub(in crate::cli) output_dir: Option<PathBuf>,
    /// After the text report, what to paste into this server or framework: nginx, express, spring …
    #[arg(long, value_name = "NAME", value_parser = parse_server, help_heading = "Report")]
    pub(in crate::cli) server: Option<&'static Platform>,
    /// One more report, in the same pass (repeatable)
    #[arg(long, value_name = "FORMAT=FILE", value_parser = parse_report, help_heading = "Report")]
    pub(in crate::cli) report: Vec<(Format, PathBuf)>,
    #[command(flatten)]
    pub(in crate::cli) disclosure: DisclosureArgs,
    /// Least severity that makes exit status 1
    #[arg(
        long,
        value_name = "SEVERITY",
        default_value = "blocked",
        help_heading = "Report"
    )]
    pub(in crate::cli) fail_on: FailOn,
    /// Exit with 0 whatever is found
    #[arg(long, help_heading = "Report")]
    pub(in crate::cli) exit_zero: bool,
    /// A JSON or NDJSON report whose findings are accepted: they are shown as known and fail nothing
    #[arg(long, value_name = "REPORT", value_hint = ValueHint::FilePath, help_heading = "Report")]
    pub(in crate::cli) baseline: Option<PathBuf>,
    #[command(flatten)]
    pub(in crate::cli) filter: FilterArgs,
    /// Only these rules; `*` stands for anything (repeatable, or separated by commas)
    #[arg(
        long,
        value_name = "RULE",
        value_delimiter = ',',
        help_heading = "Filters"
    )]
    pub(in crate::cli) rule: Vec<String>,
    /// Only findings of at least this severity
    #[arg(
        long,
        value_name = "SEVERITY",
        default_value = "note",
        help_heading = "Filters"
    )]
    pub(in crate::cli) min_severity: SeverityArg,
    /// Only findings of at least this confidence
    #[arg(
        long,
        value_name = "CONFIDENCE",
        default_value = "possible",
        help_heading = "Filters"
    )]
    pub(in crate::cli) min_confidence: ConfidenceArg,
    #[command(flatten)]
    pub(in crate::cli) run: RunArgs,
    /// Whose rules decide [default: the browser that was recorded, else chromium]
    #[arg(long, value_name = "BROWSER", help_heading = "Analysis")]
    pub(in crate::cli) browser: Option<BrowserArg>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(in crate::cli) enum FailOn {
    /// Findings that a browser certainly blocks
    Blocked,
    /// Also what may be blocked
    Depends,
    /// Also risks
    Risk,
    /// Any finding
    Note,
    /// Nothing
    Never,
}

impl FailOn {
    pub(in crate::cli) fn severity(self) -> Option<Severity> {
        match self {
            Self::Blocked => Some(Severity::Blocked),
            Self::Depends => Some(Severity::Depends),
            Self::Risk => Some(Severity::Risk),
            Self::Note => Some(Severity::Note),
            Self::Never => None,
        }
    }
}

fn parse_report(text: &str) -> Result<(Format, PathBuf), String> {
    match text.split_once('=') {
        Some((name, file)) if !file.is_empty() => {
            format_named(name).map(|format| (format, PathBuf::from(file)))
        }
        _ => {
            let names = Format::ALL.map(Format::name).join(", ");
            Err(format!("expected FORMAT=FILE with one of {names}"))
        }
    }
}
