//! What the user typed: commands, flags and their help texts. Nothing here does anything but hold values.

use super::examples::{
    CHECK_EXAMPLES, DIFF_EXAMPLES, EXAMPLES, EXPLAIN_EXAMPLES, EXTRACT_EXAMPLES, MERGE_EXAMPLES,
    REDACT_EXAMPLES, SIMULATE_EXAMPLES,
};
use clap::builder::{PossibleValuesParser, TypedValueParser as _};
use clap::{Args, Parser, Subcommand, ValueEnum, ValueHint};
use corsight::fetch::Browser;
use corsight::finding::{Confidence, Severity};
use corsight::fixes::{self, Platform};
use corsight::report::Format;
use corsight::report::compare::Counts;
use corsight::report::simulation::SimulationFormat;
use corsight::time::Timestamp;
use std::ffi::OsString;
use std::path::PathBuf;

/// Why did the browser block this request, and what do I change?
///
/// corsight reads HAR exports and packet captures, and tells for every request that CORS blocked which header was
/// wrong, what the browser's error means, and what to change on the server.
#[derive(Debug, Parser)]
#[command(name = "corsight", version, after_help = EXAMPLES, propagate_version = true)]
#[command(
    subcommand_required = true,
    arg_required_else_help = true,
    max_term_width = 100
)]
pub(super) struct Cli {
    #[command(subcommand)]
    pub(super) command: Command,
    #[command(flatten)]
    pub(super) common: Common,
}

/// Flags of every command.
#[derive(Debug, Args)]
pub(super) struct Common {
    /// Tell more; twice has no further effect
    #[arg(short, long, global = true, action = clap::ArgAction::Count, conflicts_with = "quiet", display_order = 900)]
    pub(super) verbose: u8,
    /// Only the verdict
    #[arg(short, long, global = true, display_order = 901)]
    pub(super) quiet: bool,
    /// When to use colours; NO_COLOR is respected
    #[arg(
        long,
        global = true,
        value_name = "WHEN",
        default_value = "auto",
        display_order = 902
    )]
    pub(super) color: ColorArg,
    /// Columns of the text report [default: the terminal's, else 80]
    #[arg(long, global = true, value_name = "COLUMNS", value_parser = clap::value_parser!(u16).range(40..=500), display_order = 903)]
    pub(super) width: Option<u16>,
    /// Defaults for flags [default: $CORSIGHT_CONFIG, else corsight/corsight.toml in the folder for settings]
    #[arg(long, global = true, value_name = "FILE", value_hint = ValueHint::FilePath, display_order = 905)]
    pub(super) config: Option<PathBuf>,
    /// Never draw a progress bar
    #[arg(long, global = true, display_order = 904)]
    pub(super) no_progress: bool,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// What was blocked, why, and what to change (the default command)
    #[command(after_help = CHECK_EXAMPLES)]
    Check(Box<CheckArgs>),
    /// What got worse and what got better between two captures or reports
    #[command(after_help = DIFF_EXAMPLES)]
    Diff(Box<DiffArgs>),
    /// Every HTTP exchange, as a table, NDJSON or a HAR file
    #[command(after_help = EXTRACT_EXAMPLES)]
    Extract(Box<ExtractArgs>),
    /// The manual page of a rule, a browser's error code or a pasted console line
    #[command(after_help = EXPLAIN_EXAMPLES)]
    Explain(ExplainArgs),
    /// The same HAR without cookies, credentials and tokens
    #[command(after_help = REDACT_EXAMPLES)]
    Redact(RedactArgs),
    /// Replay the traffic against a proposed CORS policy, or have one suggested
    #[command(after_help = SIMULATE_EXAMPLES)]
    Simulate(Box<SimulateArgs>),
    /// JSON reports of many runs into one, equal findings counted by input
    #[command(after_help = MERGE_EXAMPLES)]
    Merge(MergeArgs),
    /// The JSON Schema of everything that is written as JSON
    Schema,
    /// A completion script for a shell
    Completions(CompletionsArgs),
    /// The manual page of corsight or of one command, as roff
    Man(ManArgs),
}

#[derive(Debug, Args)]
pub(super) struct CheckArgs {
    /// HAR files, packet captures, directories, quoted patterns, or `-`
    #[arg(value_name = "PATH", value_hint = ValueHint::AnyPath)]
    pub(super) paths: Vec<PathBuf>,
    /// Format of the report
    #[arg(long, short, value_name = "FORMAT", value_parser = format_parser(), default_value = "text", help_heading = "Report")]
    pub(super) format: Format,
    /// Write the report to FILE
    #[arg(long, short, value_name = "FILE", value_hint = ValueHint::FilePath, help_heading = "Report")]
    pub(super) output: Option<PathBuf>,
    /// Analyse each input by itself and write a report for each into DIR, and a total
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath, help_heading = "Report")]
    pub(super) output_dir: Option<PathBuf>,
    /// After the text report, what to paste into this server or framework: nginx, express, spring …
    #[arg(long, value_name = "NAME", value_parser = parse_server, help_heading = "Report")]
    pub(super) server: Option<&'static Platform>,
    /// One more report, in the same pass (repeatable)
    #[arg(long, value_name = "FORMAT=FILE", value_parser = parse_report, help_heading = "Report")]
    pub(super) report: Vec<(Format, PathBuf)>,
    /// Show cookies, credentials and tokens
    #[arg(long, help_heading = "Report")]
    pub(super) show_secrets: bool,
    /// Give hosts other names, the same name for the same host
    #[arg(long, help_heading = "Report")]
    pub(super) redact_hosts: bool,
    /// Least severity that makes exit status 1
    #[arg(
        long,
        value_name = "SEVERITY",
        default_value = "blocked",
        help_heading = "Report"
    )]
    pub(super) fail_on: FailOn,
    /// Exit with 0 whatever is found
    #[arg(long, help_heading = "Report")]
    pub(super) exit_zero: bool,
    /// A JSON or NDJSON report whose findings are accepted: they are shown as known and fail nothing
    #[arg(long, value_name = "REPORT", value_hint = ValueHint::FilePath, help_heading = "Report")]
    pub(super) baseline: Option<PathBuf>,
    #[command(flatten)]
    pub(super) filter: FilterArgs,
    /// Only these rules; `*` stands for anything (repeatable, or separated by commas)
    #[arg(
        long,
        value_name = "RULE",
        value_delimiter = ',',
        help_heading = "Filters"
    )]
    pub(super) rule: Vec<String>,
    /// Only findings of at least this severity
    #[arg(
        long,
        value_name = "SEVERITY",
        default_value = "note",
        help_heading = "Filters"
    )]
    pub(super) min_severity: SeverityArg,
    /// Only findings of at least this confidence
    #[arg(
        long,
        value_name = "CONFIDENCE",
        default_value = "possible",
        help_heading = "Filters"
    )]
    pub(super) min_confidence: ConfidenceArg,
    #[command(flatten)]
    pub(super) run: RunArgs,
    /// Whose rules decide [default: the browser that was recorded, else chromium]
    #[arg(long, value_name = "BROWSER", help_heading = "Analysis")]
    pub(super) browser: Option<BrowserArg>,
}

#[derive(Debug, Args)]
pub(super) struct ExtractArgs {
    /// HAR files, packet captures, directories, quoted patterns, or `-`
    #[arg(value_name = "PATH", value_hint = ValueHint::AnyPath)]
    pub(super) paths: Vec<PathBuf>,
    /// Format of the output
    #[arg(
        long,
        short,
        value_name = "FORMAT",
        default_value = "table",
        help_heading = "Report"
    )]
    pub(super) format: ExtractFormat,
    /// Write to FILE
    #[arg(long, short, value_name = "FILE", value_hint = ValueHint::FilePath, help_heading = "Report")]
    pub(super) output: Option<PathBuf>,
    /// Show cookies, credentials and tokens
    #[arg(long, help_heading = "Report")]
    pub(super) show_secrets: bool,
    /// Give hosts other names, the same name for the same host
    #[arg(long, help_heading = "Report")]
    pub(super) redact_hosts: bool,
    #[command(flatten)]
    pub(super) filter: FilterArgs,
    #[command(flatten)]
    pub(super) run: RunArgs,
}

/// Filters of `check` and `extract`. Several kinds must all hold; of several values of one kind, one must.
#[derive(Debug, Args)]
#[command(next_help_heading = "Filters")]
pub(super) struct FilterArgs {
    /// Only requests of this origin: whole, or with `*`
    #[arg(long, value_name = "ORIGIN")]
    pub(super) origin: Vec<String>,
    /// Only requests to this host: whole, or with `*`
    #[arg(long, value_name = "HOST", value_hint = ValueHint::Hostname)]
    pub(super) host: Vec<String>,
    /// Only requests whose URL contains this, or matches it with `*`
    #[arg(long, value_name = "TEXT")]
    pub(super) url: Vec<String>,
    /// Only requests with this method
    #[arg(long, value_name = "METHOD", value_delimiter = ',')]
    pub(super) method: Vec<String>,
    /// Only these statuses: 404, 5xx, 400-499, none
    #[arg(long, value_name = "STATUS", value_delimiter = ',', value_parser = super::filter::StatusRange::parse)]
    pub(super) status: Vec<super::filter::StatusRange>,
    /// Only requests from this time on (RFC 3339)
    #[arg(long, value_name = "TIME", value_parser = parse_time)]
    pub(super) since: Option<Timestamp>,
    /// Only requests before this time (RFC 3339)
    #[arg(long, value_name = "TIME", value_parser = parse_time)]
    pub(super) until: Option<Timestamp>,
}

/// How inputs are read.
#[derive(Debug, Args)]
#[command(next_help_heading = "Analysis")]
pub(super) struct RunArgs {
    /// TLS keys (SSLKEYLOGFILE); those inside a pcapng are used by themselves (repeatable)
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(super) keylog: Vec<PathBuf>,
    /// The files are one rotated capture: connections run on across them
    #[arg(long)]
    pub(super) as_one: bool,
    /// Worker threads [default: one per core]
    #[arg(
        long,
        short,
        value_name = "N",
        default_value_t = 0,
        hide_default_value = true
    )]
    pub(super) jobs: usize,
}

#[derive(Debug, Args)]
pub(super) struct DiffArgs {
    /// How it was: a capture, a HAR, a directory, or a JSON report
    #[arg(value_name = "BEFORE", value_hint = ValueHint::AnyPath)]
    pub(super) before: PathBuf,
    /// How it is now
    #[arg(value_name = "AFTER", value_hint = ValueHint::AnyPath)]
    pub(super) after: PathBuf,
    /// Format of the comparison
    #[arg(
        long,
        short,
        value_name = "FORMAT",
        default_value = "text",
        help_heading = "Report"
    )]
    pub(super) format: DiffFormat,
    /// Write to FILE
    #[arg(long, short, value_name = "FILE", value_hint = ValueHint::FilePath, help_heading = "Report")]
    pub(super) output: Option<PathBuf>,
    /// Show cookies, credentials and tokens
    #[arg(long, help_heading = "Report")]
    pub(super) show_secrets: bool,
    /// Give hosts other names, the same name for the same host
    #[arg(long, help_heading = "Report")]
    pub(super) redact_hosts: bool,
    /// What makes exit status 1
    #[arg(
        long,
        value_name = "WHAT",
        default_value = "new",
        help_heading = "Report"
    )]
    pub(super) fail_on: DiffFailOn,
    /// Compare findings of at least this severity
    #[arg(
        long,
        value_name = "SEVERITY",
        default_value = "depends",
        help_heading = "Filters"
    )]
    pub(super) min_severity: SeverityArg,
    #[command(flatten)]
    pub(super) run: RunArgs,
}

#[derive(Debug, Args)]
pub(super) struct ExplainArgs {
    /// A rule, a browser's code, or a line from the browser's console
    #[arg(value_name = "WHAT")]
    pub(super) what: Vec<String>,
    /// Also what to configure on this server or framework: nginx, express, spring …
    #[arg(long, value_name = "NAME")]
    pub(super) server: Option<String>,
    /// With --server: an origin to allow [default: the one in the console line]
    #[arg(long, value_name = "ORIGIN", requires = "server")]
    pub(super) origin: Vec<String>,
    /// With --server: methods to allow
    #[arg(
        long,
        value_name = "METHOD",
        value_delimiter = ',',
        requires = "server"
    )]
    pub(super) method: Vec<String>,
    /// With --server: request headers to allow
    #[arg(long, value_name = "NAME", value_delimiter = ',', requires = "server")]
    pub(super) header: Vec<String>,
    /// With --server: pages send cookies or other credentials
    #[arg(long, requires = "server")]
    pub(super) credentials: bool,
}

#[derive(Debug, Args)]
pub(super) struct RedactArgs {
    /// The HAR file; standard input where it is `-` or missing
    #[arg(value_name = "HAR", value_hint = ValueHint::FilePath)]
    pub(super) har: Option<PathBuf>,
    /// Write to FILE
    #[arg(long, short, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(super) output: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(super) struct MergeArgs {
    /// Reports as `check` writes them with --format json or ndjson; `-` for standard input
    #[arg(value_name = "REPORT", value_hint = ValueHint::FilePath, required = true)]
    pub(super) reports: Vec<PathBuf>,
    /// Format of the joined report
    #[arg(long, short, value_name = "FORMAT", default_value = "json")]
    pub(super) format: MergeFormat,
    /// Write to FILE
    #[arg(long, short, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(super) output: Option<PathBuf>,
    /// Exit with 0 whatever is in the reports
    #[arg(long)]
    pub(super) exit_zero: bool,
}

#[derive(Debug, Args)]
#[command(group = clap::ArgGroup::new("what").required(true).args(["policy", "suggest"]))]
pub(super) struct SimulateArgs {
    /// HAR files, packet captures, directories, quoted patterns, or `-`
    #[arg(value_name = "PATH", value_hint = ValueHint::AnyPath)]
    pub(super) paths: Vec<PathBuf>,
    /// The policy to try: a TOML file (see below)
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, help_heading = "Policy")]
    pub(super) policy: Option<PathBuf>,
    /// Write the smallest policy that lets pass what failed; strangers are left out
    #[arg(long, help_heading = "Policy")]
    pub(super) suggest: bool,
    /// With --suggest: as the configuration of this server or framework: nginx, express, spring …
    #[arg(
        long,
        value_name = "NAME",
        requires = "suggest",
        help_heading = "Policy"
    )]
    pub(super) server: Option<String>,
    /// Format of the report on a policy
    #[arg(
        long,
        short,
        value_name = "FORMAT",
        default_value = "text",
        conflicts_with = "suggest",
        help_heading = "Report"
    )]
    pub(super) format: SimulateFormat,
    /// Write to FILE
    #[arg(long, short, value_name = "FILE", value_hint = ValueHint::FilePath, help_heading = "Report")]
    pub(super) output: Option<PathBuf>,
    /// Show cookies, credentials and tokens
    #[arg(long, help_heading = "Report")]
    pub(super) show_secrets: bool,
    /// Exit with 0 whatever fails
    #[arg(long, help_heading = "Report")]
    pub(super) exit_zero: bool,
    #[command(flatten)]
    pub(super) filter: FilterArgs,
    #[command(flatten)]
    pub(super) run: RunArgs,
    /// Whose rules decide [default: the browser that was recorded, else chromium]
    #[arg(long, value_name = "BROWSER", help_heading = "Analysis")]
    pub(super) browser: Option<BrowserArg>,
}

#[derive(Debug, Args)]
pub(super) struct CompletionsArgs {
    /// The shell
    pub(super) shell: clap_complete::Shell,
}

#[derive(Debug, Args)]
pub(super) struct ManArgs {
    /// A command [default: corsight itself]
    pub(super) command: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum ColorArg {
    Auto,
    Always,
    Never,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum ExtractFormat {
    /// For reading
    Table,
    /// One JSON object a line
    Ndjson,
    /// HAR 1.2, for the browser's developer tools
    Har,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum DiffFormat {
    /// For reading in a terminal
    Text,
    /// One JSON document
    Json,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum DiffFailOn {
    /// What BEFORE did not have
    New,
    /// Also what was there before
    Still,
    /// Nothing
    Never,
}

impl DiffFailOn {
    pub(super) fn fails(self, counts: Counts) -> bool {
        match self {
            Self::New => counts.new > 0,
            Self::Still => counts.new + counts.still > 0,
            Self::Never => false,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum SimulateFormat {
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

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum MergeFormat {
    /// One JSON document
    Json,
    /// One JSON object a line
    Ndjson,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(super) enum SeverityArg {
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
pub(super) enum FailOn {
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
    pub(super) fn severity(self) -> Option<Severity> {
        match self {
            Self::Blocked => Some(Severity::Blocked),
            Self::Depends => Some(Severity::Depends),
            Self::Risk => Some(Severity::Risk),
            Self::Note => Some(Severity::Note),
            Self::Never => None,
        }
    }
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(super) enum ConfidenceArg {
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
pub(super) enum BrowserArg {
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

fn format_parser() -> impl clap::builder::TypedValueParser<Value = Format> {
    let values = Format::ALL
        .map(|format| clap::builder::PossibleValue::new(format.name()).help(format.summary()));
    PossibleValuesParser::new(values)
        .try_map(|name| Format::named(&name).ok_or_else(|| format!("no such format: {name}")))
}

fn parse_report(text: &str) -> Result<(Format, PathBuf), String> {
    let names = || Format::ALL.map(Format::name).join(", ");
    match text.split_once('=') {
        Some((name, file)) if !file.is_empty() => Format::named(name)
            .map(|format| (format, PathBuf::from(file)))
            .ok_or_else(|| format!("no format is called `{name}`; there are {}", names())),
        _ => Err(format!("expected FORMAT=FILE with one of {}", names())),
    }
}

fn parse_server(text: &str) -> Result<&'static Platform, String> {
    let all = || {
        fixes::ALL
            .iter()
            .map(|platform| platform.id)
            .collect::<Vec<_>>()
    };
    fixes::find(text).map_err(|error| format!("{error}; there are {}", all().join(", ")))
}

fn parse_time(text: &str) -> Result<Timestamp, String> {
    Timestamp::parse(text)
        .or_else(|| Timestamp::parse(&format!("{text}T00:00:00Z")))
        .ok_or_else(|| "expected a time as in 2026-11-20T14:02:11Z, or a date".to_owned())
}

/// The names that stand where a command does.
pub(super) const COMMANDS: [&str; 11] = [
    "check",
    "completions",
    "diff",
    "explain",
    "extract",
    "help",
    "man",
    "merge",
    "redact",
    "schema",
    "simulate",
];

/// `corsight a.har` means `corsight check a.har`: puts `check` in where no command was typed.
///
/// A file that is called like a command is written `./check`.
pub(super) fn with_default_command(args: impl Iterator<Item = OsString>) -> Vec<OsString> {
    let mut args: Vec<OsString> = args.collect();
    let is_flag_of_all = |arg: &str| {
        matches!(arg, "--verbose" | "--quiet" | "--no-progress")
            || arg.starts_with("--color=")
            || arg.starts_with("--width=")
            || arg.starts_with("--config=")
            || (arg.starts_with('-')
                && arg.len() > 1
                && arg
                    .trim_start_matches('-')
                    .chars()
                    .all(|c| "vq".contains(c)))
    };
    let first = args
        .iter()
        .skip(1)
        .map(|arg| arg.to_str().unwrap_or_default())
        .find(|arg| !is_flag_of_all(arg));
    let is_command = match first {
        Some(word) => {
            COMMANDS.contains(&word) || matches!(word, "-h" | "--help" | "-V" | "--version")
        }
        None => false,
    };
    if !is_command && !args.is_empty() {
        args.insert(1, "check".into());
    }
    args
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory as _;

    #[test]
    fn the_definition_is_consistent() {
        Cli::command().debug_assert();
    }

    fn completed(args: &[&str]) -> Vec<String> {
        let args = args.iter().map(OsString::from);
        with_default_command(args)
            .into_iter()
            .map(|arg| arg.into_string().unwrap())
            .collect()
    }

    #[test]
    fn check_is_meant_where_no_command_is_typed() {
        assert_eq!(
            completed(&["corsight", "a.har"]),
            ["corsight", "check", "a.har"]
        );
        assert_eq!(completed(&["corsight"]), ["corsight", "check"]);
        assert_eq!(
            completed(&["corsight", "-v", "--format", "json"])[1],
            "check"
        );
        assert_eq!(
            completed(&["corsight", "-v", "explain"]),
            ["corsight", "-v", "explain"]
        );
        assert_eq!(completed(&["corsight", "--help"]), ["corsight", "--help"]);
    }

    #[test]
    fn every_command_is_known_to_the_default() {
        for command in Cli::command().get_subcommands() {
            assert!(
                COMMANDS.contains(&command.get_name()),
                "{}",
                command.get_name()
            );
        }
    }
}
