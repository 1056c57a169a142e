//! Flags and values that several commands share.

use crate::cli::suggest;
use clap::builder::{PossibleValuesParser, TypedValueParser as _};
use clap::{Args, ValueEnum, ValueHint};
use corsight::fetch::Browser;
use corsight::finding::{Confidence, Severity};
use corsight::fixes::{self, Platform};
use corsight::report::Format;
use corsight::time::Timestamp;
use std::path::PathBuf;

/// Filters of `check` and `extract`. Several kinds must all hold; of several values of one kind, one must.
#[derive(Debug, Args)]
#[command(next_help_heading = "Filters")]
pub(in crate::cli) struct FilterArgs {
    /// Only requests of this origin: whole, or with `*`
    #[arg(long, value_name = "ORIGIN")]
    pub(in crate::cli) origin: Vec<String>,
    /// Only requests to this host: whole, or with `*`
    #[arg(long, value_name = "HOST", value_hint = ValueHint::Hostname)]
    pub(in crate::cli) host: Vec<String>,
    /// Only requests whose URL contains this, or matches it with `*`
    #[arg(long, value_name = "TEXT")]
    pub(in crate::cli) url: Vec<String>,
    /// Only requests with this method
    #[arg(long, value_name = "METHOD", value_delimiter = ',')]
    pub(in crate::cli) method: Vec<String>,
    /// Only these statuses: 404, 5xx, 400-499, none
    #[arg(long, value_name = "STATUS", value_delimiter = ',', value_parser = crate::cli::filter::StatusRange::parse)]
    pub(in crate::cli) status: Vec<crate::cli::filter::StatusRange>,
    /// Only requests from this time on (RFC 3339)
    #[arg(long, value_name = "TIME", value_parser = parse_time)]
    pub(in crate::cli) since: Option<Timestamp>,
    /// Only requests before this time (RFC 3339)
    #[arg(long, value_name = "TIME", value_parser = parse_time)]
    pub(in crate::cli) until: Option<Timestamp>,
}

/// What the output may tell.
#[derive(Debug, Clone, Copy, Args)]
#[command(next_help_heading = "Report")]
pub(in crate::cli) struct DisclosureArgs {
    /// Show cookies, credentials and tokens
    #[arg(long)]
    pub(in crate::cli) show_secrets: bool,
    /// Give hosts other names, the same name for the same host
    #[arg(long)]
    pub(in crate::cli) redact_hosts: bool,
}

/// How inputs are read.
#[derive(Debug, Args)]
#[command(next_help_heading = "Analysis")]
pub(in crate::cli) struct RunArgs {
    /// TLS keys (SSLKEYLOGFILE), or a server's RSA key in PEM; keys inside a pcapng are used by themselves (repeatable)
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(in crate::cli) keylog: Vec<PathBuf>,
    /// The files are one rotated capture: connections run on across them, frames are counted on (sorted by first packet)
    #[arg(long)]
    pub(in crate::cli) as_one: bool,
    /// Worker threads [default: one per core]
    #[arg(
        long,
        short,
        value_name = "N",
        default_value_t = 0,
        hide_default_value = true
    )]
    pub(in crate::cli) jobs: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum WhenArg {
    Auto,
    Always,
    Never,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(in crate::cli) enum SeverityArg {
    /// A conforming browser refuses
    Blocked,
    /// Refusal depends on a fact that is not in the input
    Depends,
    /// Allowed, but unsafe or fragile
    Risk,
    /// Information
    Note,
}

impl From<SeverityArg> for Severity {
    fn from(arg: SeverityArg) -> Self {
        match arg {
            SeverityArg::Blocked => Self::Blocked,
            SeverityArg::Depends => Self::Depends,
            SeverityArg::Risk => Self::Risk,
            SeverityArg::Note => Self::Note,
        }
    }
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(in crate::cli) enum ConfidenceArg {
    /// Circumstantial evidence is enough
    Possible,
    /// Evidence short of proof
    Likely,
    /// The input proves it
    Definite,
}

impl From<ConfidenceArg> for Confidence {
    fn from(arg: ConfidenceArg) -> Self {
        match arg {
            ConfidenceArg::Possible => Self::Possible,
            ConfidenceArg::Likely => Self::Likely,
            ConfidenceArg::Definite => Self::Definite,
        }
    }
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(in crate::cli) enum BrowserArg {
    /// Chrome, Edge, Brave, Opera
    Chromium,
    /// Firefox
    Firefox,
    /// Safari and everything on iOS
    Webkit,
}

impl From<BrowserArg> for Browser {
    fn from(arg: BrowserArg) -> Self {
        match arg {
            BrowserArg::Chromium => Self::Chromium,
            BrowserArg::Firefox => Self::Firefox,
            BrowserArg::Webkit => Self::WebKit,
        }
    }
}

pub(super) fn format_parser() -> impl clap::builder::TypedValueParser<Value = Format> {
    use clap::builder::PossibleValue;
    let values = Format::ALL.map(|format| PossibleValue::new(format.name()).help(format.summary()));
    // Also where this build lacks it: the answer says how to get it.
    let parquet = PossibleValue::new("parquet").hide(true);
    let values = values.into_iter().chain([parquet]);
    PossibleValuesParser::new(values).try_map(|name| format_named(&name))
}

/// The format called `name`, or what to do instead.
pub(in crate::cli) fn format_named(name: &str) -> Result<Format, String> {
    Format::named(name).ok_or_else(|| match name {
        "parquet" => NO_PARQUET.to_owned(),
        _ => {
            let names = Format::ALL.map(Format::name);
            let meant = suggest::did_you_mean(name, names);
            format!(
                "no format is called `{name}`{meant}; there are {}",
                names.join(", ")
            )
        }
    })
}

/// How to get what this build lacks.
pub(in crate::cli) const NO_PARQUET: &str = "this build does not write Parquet; `cargo install corsight --features parquet` builds one that does";

pub(in crate::cli) fn parse_server(text: &str) -> Result<&'static Platform, String> {
    let all = || {
        fixes::ALL
            .iter()
            .map(|platform| platform.id)
            .collect::<Vec<_>>()
    };
    fixes::find(text).map_err(|error| format!("{error} (there are {})", all().join(", ")))
}

fn parse_time(text: &str) -> Result<Timestamp, String> {
    Timestamp::parse(text)
        .or_else(|| Timestamp::parse(&format!("{text}T00:00:00Z")))
        .ok_or_else(|| "expected a time as in 2026-11-20T14:02:11Z, or a date".to_owned())
}
