//! `corsight.toml`: defaults for flags.
//!
//! Read from `--config FILE`, else `$CORSIGHT_CONFIG`, else the user's own folder for settings (XDG Base Directory:
//! `$XDG_CONFIG_HOME`, by default `~/.config`). Never from the current folder and never from beside a capture: who
//! sends a capture must not decide how it is read. Nothing here can open secrets.

use super::Failure;
use super::args::{
    BrowserArg, CheckArgs, Cli, Command, ConfidenceArg, DiffArgs, DiffFailOn, DiffFormat,
    DisclosureArgs, ExtractFormat, FailOn, RunArgs, SeverityArg, WhenArg, format_named,
    parse_server,
};
use clap::parser::ValueSource;
use clap::{ArgMatches, ValueEnum};
use corsight::fixes::Platform;
use corsight::report::Format;
use serde::de::{Deserialize, Deserializer, Error as _};
use std::env;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// Fills in what was not typed.
pub(super) fn apply(cli: &mut Cli, matches: &ArgMatches) -> Result<(), Failure> {
    let Some((path, text)) = find(cli.common.config.as_deref())? else {
        return Ok(());
    };
    let usage =
        |problem: &dyn std::fmt::Display| Failure::usage(format!("{}: {problem}", path.display()));
    let mut config: Config = toml::from_str(&text).map_err(|error| usage(&error))?;
    config.resolve(path.parent().unwrap_or(Path::new("")));
    config.fill(cli, matches);
    Ok(())
}

/// The file and its text. One that was named must be there.
fn find(named: Option<&Path>) -> Result<Option<(PathBuf, String)>, Failure> {
    let named = named.map(PathBuf::from).or_else(|| {
        let path = env::var_os("CORSIGHT_CONFIG")?;
        (!path.is_empty()).then(|| path.into())
    });
    let (path, must_be) = match named {
        Some(path) => (path, true),
        None => match own_folder() {
            Some(folder) => (folder.join("corsight").join("corsight.toml"), false),
            None => return Ok(None),
        },
    };
    match fs::read_to_string(&path) {
        Ok(text) => Ok(Some((path, text))),
        Err(error) if error.kind() == io::ErrorKind::NotFound && !must_be => Ok(None),
        Err(error) => Err(Failure::usage(format!(
            "{}: the settings cannot be read: {error}",
            path.display()
        ))),
    }
}

/// A relative path would mean the current folder; the XDG specification has it ignored.
fn own_folder() -> Option<PathBuf> {
    let set = env::var_os("XDG_CONFIG_HOME").map(PathBuf::from);
    let home = || Some(PathBuf::from(env::var_os("HOME")?).join(".config"));
    set.filter(|path| path.is_absolute())
        .or_else(home)
        .filter(|path| path.is_absolute())
}

/// The file. A key that is not known is an error, with its place.
#[derive(Debug, Default, serde::Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
struct Config {
    #[serde(deserialize_with = "named")]
    color: Option<WhenArg>,
    #[serde(deserialize_with = "named")]
    hyperlinks: Option<WhenArg>,
    #[serde(deserialize_with = "width")]
    width: Option<u16>,
    no_progress: Option<bool>,
    jobs: Option<usize>,
    keylog: Vec<PathBuf>,
    redact_hosts: Option<bool>,
    check: CheckConfig,
    extract: ExtractConfig,
    diff: DiffConfig,
    simulate: SimulateConfig,
}

#[derive(Debug, Default, serde::Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
struct CheckConfig {
    #[serde(deserialize_with = "report_format")]
    format: Option<Format>,
    #[serde(deserialize_with = "named")]
    fail_on: Option<FailOn>,
    #[serde(deserialize_with = "named")]
    min_severity: Option<SeverityArg>,
    #[serde(deserialize_with = "named")]
    min_confidence: Option<ConfidenceArg>,
    #[serde(deserialize_with = "named")]
    browser: Option<BrowserArg>,
    #[serde(deserialize_with = "server")]
    server: Option<&'static Platform>,
    baseline: Option<PathBuf>,
}

#[derive(Debug, Default, serde::Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
struct ExtractConfig {
    #[serde(deserialize_with = "named")]
    format: Option<ExtractFormat>,
}

#[derive(Debug, Default, serde::Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
struct DiffConfig {
    #[serde(deserialize_with = "named")]
    format: Option<DiffFormat>,
    #[serde(deserialize_with = "named")]
    fail_on: Option<DiffFailOn>,
    #[serde(deserialize_with = "named")]
    min_severity: Option<SeverityArg>,
}

#[derive(Debug, Default, serde::Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
struct SimulateConfig {
    #[serde(deserialize_with = "named")]
    browser: Option<BrowserArg>,
}

impl Config {
    /// Paths are relative to the file that names them.
    fn resolve(&mut self, folder: &Path) {
        for path in self.keylog.iter_mut().chain(&mut self.check.baseline) {
            *path = folder.join(&*path);
        }
    }

    fn fill(self, cli: &mut Cli, matches: &ArgMatches) {
        let Some((_, own)) = matches.subcommand() else {
            return;
        };
        let free = Free(own);
        let common = &mut cli.common;
        free.set("color", &mut common.color, self.color);
        free.set("hyperlinks", &mut common.hyperlinks, self.hyperlinks);
        free.set("width", &mut common.width, self.width.map(Some));
        free.set("no_progress", &mut common.no_progress, self.no_progress);
        let run = |run: &mut RunArgs| {
            free.set("jobs", &mut run.jobs, self.jobs);
            free.set("keylog", &mut run.keylog, Some(self.keylog));
        };
        let disclosure = |disclosure: &mut DisclosureArgs| {
            let hosts = &mut disclosure.redact_hosts;
            free.set("redact_hosts", hosts, self.redact_hosts);
        };
        match &mut cli.command {
            Command::Check(args) => {
                run(&mut args.run);
                disclosure(&mut args.disclosure);
                self.check.fill(args, &free);
            }
            Command::Extract(args) => {
                run(&mut args.run);
                disclosure(&mut args.disclosure);
                free.set("format", &mut args.format, self.extract.format);
            }
            Command::Diff(args) => {
                run(&mut args.run);
                disclosure(&mut args.disclosure);
                self.diff.fill(args, &free);
            }
            Command::Simulate(args) => {
                run(&mut args.run);
                let browser = self.simulate.browser.map(Some);
                free.set("browser", &mut args.browser, browser);
            }
            _ => {}
        }
    }
}

impl CheckConfig {
    fn fill(self, args: &mut CheckArgs, free: &Free<'_>) {
        free.set("format", &mut args.format, self.format);
        free.set("fail_on", &mut args.fail_on, self.fail_on);
        free.set("min_severity", &mut args.min_severity, self.min_severity);
        let confidence = &mut args.min_confidence;
        free.set("min_confidence", confidence, self.min_confidence);
        free.set("browser", &mut args.browser, self.browser.map(Some));
        // A recipe belongs to a text report; where another is asked for, this default steps back.
        let server = self.server.filter(|_| args.format == Format::Text);
        free.set("server", &mut args.server, server.map(Some));
        free.set("baseline", &mut args.baseline, self.baseline.map(Some));
    }
}

impl DiffConfig {
    fn fill(self, args: &mut DiffArgs, free: &Free<'_>) {
        free.set("format", &mut args.format, self.format);
        free.set("fail_on", &mut args.fail_on, self.fail_on);
        free.set("min_severity", &mut args.min_severity, self.min_severity);
    }
}

/// The flags of the command that were not typed. Global flags stand among them too.
struct Free<'a>(&'a ArgMatches);

impl Free<'_> {
    fn set<T>(&self, id: &str, flag: &mut T, value: Option<T>) {
        let is_free = self.0.try_contains_id(id).is_ok()
            && self.0.value_source(id) != Some(ValueSource::CommandLine);
        if let Some(value) = value.filter(|_| is_free) {
            *flag = value;
        }
    }
}

/// A value that the flag takes by name.
fn named<'de, D: Deserializer<'de>, T: ValueEnum>(from: D) -> Result<Option<T>, D::Error> {
    let name = String::deserialize(from)?;
    T::from_str(&name, false).map(Some).map_err(|_| {
        let all: Vec<String> = T::value_variants()
            .iter()
            .filter_map(|value| Some(value.to_possible_value()?.get_name().to_owned()))
            .collect();
        D::Error::custom(format!("`{name}` is none of {}", all.join(", ")))
    })
}

fn report_format<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Format>, D::Error> {
    let name = String::deserialize(from)?;
    format_named(&name).map(Some).map_err(D::Error::custom)
}

fn server<'de, D: Deserializer<'de>>(from: D) -> Result<Option<&'static Platform>, D::Error> {
    let name = String::deserialize(from)?;
    parse_server(&name).map(Some).map_err(D::Error::custom)
}

fn width<'de, D: Deserializer<'de>>(from: D) -> Result<Option<u16>, D::Error> {
    match u16::deserialize(from)? {
        width @ 40..=500 => Ok(Some(width)),
        width => Err(D::Error::custom(format!("{width} is not in 40..=500"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::{CommandFactory as _, FromArgMatches as _};

    fn filled(args: &[&str], text: &str) -> Cli {
        let matches = Cli::command().get_matches_from(args);
        let mut cli = Cli::from_arg_matches(&matches).unwrap();
        let mut config: Config = toml::from_str(text).unwrap();
        config.resolve(Path::new("/etc/x"));
        config.fill(&mut cli, &matches);
        cli
    }

    #[test]
    fn what_was_typed_wins() {
        let text =
            "width = 120\nkeylog = [\"keys\"]\n[check]\nformat = \"html\"\nfail-on = \"risk\"\n";
        let cli = filled(
            &["corsight", "check", "--fail-on", "never", "--width", "99"],
            text,
        );
        assert_eq!(cli.common.width, Some(99));
        let Command::Check(args) = cli.command else {
            panic!("another command");
        };
        assert_eq!(args.format, Format::Html);
        assert_eq!(args.fail_on.severity(), None);
        assert_eq!(args.run.keylog, [PathBuf::from("/etc/x/keys")]);
    }

    #[test]
    fn settings_of_one_command_leave_the_others_alone() {
        let text = "width = 120\nredact-hosts = true\n[check]\nformat = \"html\"\n";
        let cli = filled(&["corsight", "schema"], text);
        assert_eq!(cli.common.width, Some(120));
        let cli = filled(&["corsight", "extract"], text);
        assert!(matches!(cli.command, Command::Extract(args) if args.disclosure.redact_hosts));
    }

    #[test]
    fn a_mistake_is_told_with_its_place() {
        for (text, place, word) in [
            ("colour = \"never\"", "line 1", "unknown field `colour`"),
            (
                "[check]\nfail-on = \"bad\"",
                "line 2",
                "`bad` is none of blocked",
            ),
            ("show-secrets = true", "line 1", "unknown field"),
            ("width = 7", "line 1", "40..=500"),
            ("[check", "line 1", "check"),
        ] {
            let error = toml::from_str::<Config>(text).unwrap_err().to_string();
            assert!(error.contains(place) && error.contains(word), "{error}");
        }
    }
}
