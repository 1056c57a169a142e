//! What the user typed: commands, flags and their help texts. Nothing here does anything but hold values.
//!
//! One file for each command; what several share stands in [`shared`].

mod check;
mod diff;
mod explain;
mod extract;
mod generate;
mod merge;
mod redact;
mod shared;
mod simulate;

use super::examples::{
    CHECK_EXAMPLES, DIFF_EXAMPLES, EXAMPLES, EXPLAIN_EXAMPLES, EXTRACT_EXAMPLES, MERGE_EXAMPLES,
    REDACT_EXAMPLES, SIMULATE_EXAMPLES,
};
pub(super) use check::{CheckArgs, FailOn};
use clap::{Args, Parser, Subcommand, ValueHint};
pub(super) use diff::{DiffArgs, DiffFailOn, DiffFormat};
pub(super) use explain::ExplainArgs;
pub(super) use extract::{ExtractArgs, ExtractFormat};
pub(super) use generate::{CompletionsArgs, ManArgs, SchemaArgs, SchemaOf};
pub(super) use merge::MergeArgs;
pub(super) use redact::RedactArgs;
pub(super) use shared::{
    BrowserArg, ConfidenceArg, DisclosureArgs, FilterArgs, NO_PARQUET, RunArgs, SeverityArg,
    WhenArg, format_named, parse_server,
};
pub(super) use simulate::SimulateArgs;
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
    pub(super) color: WhenArg,
    /// When to make file names, rules and codes links; auto: on terminals that follow them
    #[arg(
        long,
        global = true,
        value_name = "WHEN",
        default_value = "auto",
        display_order = 903
    )]
    pub(super) hyperlinks: WhenArg,
    /// Columns of the text report [default: the terminal's, else 80]
    #[arg(long, global = true, value_name = "COLUMNS", value_parser = clap::value_parser!(u16).range(40..=500), display_order = 904)]
    pub(super) width: Option<u16>,
    /// Defaults for flags [default: $CORSIGHT_CONFIG, else corsight/corsight.toml in the folder for settings]
    #[arg(long, global = true, value_name = "FILE", value_hint = ValueHint::FilePath, display_order = 906)]
    pub(super) config: Option<PathBuf>,
    /// Never draw a progress bar
    #[arg(long, global = true, display_order = 905)]
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
    /// The JSON Schema of everything that is written as JSON, or the columns of the Parquet files
    Schema(SchemaArgs),
    /// A completion script for a shell
    Completions(CompletionsArgs),
    /// The manual page of corsight or of one command, as roff
    Man(ManArgs),
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
    let mut words = args
        .iter()
        .skip(1)
        .map(|arg| arg.to_str().unwrap_or_default());
    let first = loop {
        match words.next() {
            Some(flag) if VALUED.contains(&flag) => {
                let _ = words.next();
            }
            Some(flag) if is_flag_of_all(flag) => {}
            first => break first,
        }
    };
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

/// Flags of every command that take the next word.
const VALUED: [&str; 4] = ["--color", "--config", "--hyperlinks", "--width"];

/// Flags of every command, written in one word.
fn is_flag_of_all(arg: &str) -> bool {
    let letters = arg.strip_prefix('-').unwrap_or_default();
    matches!(arg, "--verbose" | "--quiet" | "--no-progress")
        || (!letters.is_empty() && letters.chars().all(|c| "vq".contains(c)))
        || VALUED.iter().any(|flag| {
            arg.strip_prefix(flag)
                .is_some_and(|rest| rest.starts_with('='))
        })
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
        assert_eq!(
            completed(&["corsight", "--color", "never", "explain"])[3],
            "explain"
        );
        assert_eq!(
            completed(&["corsight", "--width=99", "a.har"])[1..3],
            ["check", "--width=99"]
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
