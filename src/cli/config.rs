//! `corsight.toml`: defaults for flags.
//!
//! Read from `--config FILE`, else `$CORSIGHT_CONFIG`, else the user's own folder for settings (XDG Base Directory:
//! `$XDG_CONFIG_HOME`, by default `~/.config`). Never from the current folder and never from beside a capture: who
//! sends a capture must not decide how it is read. Nothing here can open secrets.

use super::Failure;
use super::args::{
    BrowserArg, Cli, Command, ConfidenceArg, DiffFailOn, DiffFormat, ExtractFormat, FailOn,
    SeverityArg, WhenArg, format_named,
};
use clap::parser::ValueSource;
use clap::{ArgMatches, ValueEnum};
use corsight::fixes::{self, Platform};
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
    color: Option<Named<WhenArg>>,
    hyperlinks: Option<Named<WhenArg>>,
    width: Option<Width>,
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
    format: Option<ReportFormat>,
    fail_on: Option<Named<FailOn>>,
    min_severity: Option<Named<SeverityArg>>,
    min_confidence: Option<Named<ConfidenceArg>>,
    browser: Option<Named<BrowserArg>>,
    server: Option<Server>,
    baseline: Option<PathBuf>,
}

#[derive(Debug, Default, serde::Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
struct ExtractConfig {
    format: Option<Named<ExtractFormat>>,
}

#[derive(Debug, Default, serde::Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
struct DiffConfig {
    format: Option<Named<DiffFormat>>,
    fail_on: Option<Named<DiffFailOn>>,
    min_severity: Option<Named<SeverityArg>>,
}

#[derive(Debug, Default, serde::Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
struct SimulateConfig {
    browser: Option<Named<BrowserArg>>,
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
        // Global flags stand in the matches of the command too.
        let is_free = |id: &str| {
            own.try_contains_id(id).is_ok()
                && own.value_source(id) != Some(ValueSource::CommandLine)
        };
        let common = &mut cli.common;
        set(
            &mut common.color,
            self.color.map(|named| named.0),
            is_free("color"),
        );
        set(
            &mut common.hyperlinks,
            self.hyperlinks.map(|named| named.0),
            is_free("hyperlinks"),
        );
        set(
            &mut common.width,
            self.width.map(|width| Some(width.0)),
            is_free("width"),
        );
        set(
            &mut common.no_progress,
            self.no_progress,
            is_free("no_progress"),
        );
        let run = |run: &mut super::args::RunArgs, keylog: Vec<PathBuf>| {
            set(&mut run.jobs, self.jobs, is_free("jobs"));
            set(&mut run.keylog, Some(keylog), is_free("keylog"));
        };
        let hosts = self.redact_hosts;
        match &mut cli.command {
            Command::Check(args) => {
                let own = self.check;
                run(&mut args.run, self.keylog);
                set(&mut args.redact_hosts, hosts, is_free("redact_hosts"));
                set(
                    &mut args.format,
                    own.format.map(|format| format.0),
                    is_free("format"),
                );
                set(
                    &mut args.fail_on,
                    own.fail_on.map(|named| named.0),
                    is_free("fail_on"),
                );
                let severity = own.min_severity.map(|named| named.0);
                set(&mut args.min_severity, severity, is_free("min_severity"));
                let confidence = own.min_confidence.map(|named| named.0);
                set(
                    &mut args.min_confidence,
                    confidence,
                    is_free("min_confidence"),
                );
                let browser = own.browser.map(|named| Some(named.0));
                set(&mut args.browser, browser, is_free("browser"));
                // A recipe belongs to a text report; where another is asked for, this default steps back.
                let server = own.server.filter(|_| args.format == Format::Text);
                set(
                    &mut args.server,
                    server.map(|server| Some(server.0)),
                    is_free("server"),
                );
                set(
                    &mut args.baseline,
                    own.baseline.map(Some),
                    is_free("baseline"),
                );
            }
            Command::Extract(args) => {
                run(&mut args.run, self.keylog);
                set(&mut args.redact_hosts, hosts, is_free("redact_hosts"));
                let format = self.extract.format.map(|named| named.0);
                set(&mut args.format, format, is_free("format"));
            }
            Command::Diff(args) => {
                let own = self.diff;
                run(&mut args.run, self.keylog);
                set(&mut args.redact_hosts, hosts, is_free("redact_hosts"));
                set(
                    &mut args.format,
                    own.format.map(|named| named.0),
                    is_free("format"),
                );
                set(
                    &mut args.fail_on,
                    own.fail_on.map(|named| named.0),
                    is_free("fail_on"),
                );
                let severity = own.min_severity.map(|named| named.0);
                set(&mut args.min_severity, severity, is_free("min_severity"));
            }
            Command::Simulate(args) => {
                run(&mut args.run, self.keylog);
                let browser = self.simulate.browser.map(|named| Some(named.0));
                set(&mut args.browser, browser, is_free("browser"));
            }
            _ => {}
        }
    }
}

fn set<T>(flag: &mut T, value: Option<T>, is_free: bool) {
    if let Some(value) = value.filter(|_| is_free) {
        *flag = value;
    }
}

/// A value that the flag takes by name.
#[derive(Debug)]
struct Named<T>(T);

impl<'de, T: ValueEnum> Deserialize<'de> for Named<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = String::deserialize(deserializer)?;
        T::from_str(&name, false).map(Self).map_err(|_| {
            let all: Vec<String> = T::value_variants()
                .iter()
                .filter_map(|value| Some(value.to_possible_value()?.get_name().to_owned()))
                .collect();
            D::Error::custom(format!("`{name}` is none of {}", all.join(", ")))
        })
    }
}

#[derive(Debug)]
struct ReportFormat(Format);

impl<'de> Deserialize<'de> for ReportFormat {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = String::deserialize(deserializer)?;
        format_named(&name).map(Self).map_err(D::Error::custom)
    }
}

#[derive(Debug)]
struct Server(&'static Platform);

impl<'de> Deserialize<'de> for Server {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = String::deserialize(deserializer)?;
        fixes::find(&name).map(Self).map_err(D::Error::custom)
    }
}

#[derive(Debug)]
struct Width(u16);

impl<'de> Deserialize<'de> for Width {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match u16::deserialize(deserializer)? {
            width @ 40..=500 => Ok(Self(width)),
            width => Err(D::Error::custom(format!("{width} is not in 40..=500"))),
        }
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
        assert!(matches!(cli.command, Command::Extract(args) if args.redact_hosts));
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
