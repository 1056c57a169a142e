//! From paths to inputs, and what to say when there are none.

use super::args::COMMANDS;
use super::{complain, suggest};
use corsight::Error;
use corsight::input::discover;
use corsight::input::{Source, SourcePlace};
use corsight::redact::Redactor;
use corsight::report::Links;
use std::io::{self, IsTerminal as _};
use std::path::{Path, PathBuf};
use url::Url;

/// What the paths of a command line name.
#[derive(Debug, Default)]
pub(super) struct Inputs {
    pub(super) sources: Vec<Source>,
    pub(super) errors: Vec<Error>,
    /// Files of directories that are no captures.
    pub(super) skipped: u64,
}

impl Inputs {
    /// The files among the inputs.
    pub(super) fn files(&self) -> Vec<&Path> {
        self.sources
            .iter()
            .filter_map(|source| match &source.place {
                SourcePlace::File(path) | SourcePlace::Member { archive: path, .. } => {
                    Some(path.as_path())
                }
                SourcePlace::Stdin => None,
            })
            .collect()
    }

    /// Where the names of the inputs lead. A name that `redactor` changes is not for every reader: it leads nowhere.
    pub(super) fn links(&self, redactor: &Redactor) -> Links {
        Links::new(self.sources.iter().filter_map(|source| {
            let (SourcePlace::File(path) | SourcePlace::Member { archive: path, .. }) =
                &source.place
            else {
                return None;
            };
            let is_open = redactor.source(&source.name) == source.name;
            Some((source.name.clone(), file_uri(path)?)).filter(|_| is_open)
        }))
    }

    /// Says which paths gave nothing, and what may have been meant.
    pub(super) fn complain(&self) {
        for error in &self.errors {
            complain(error);
            if let Some(command) = meant_command(Path::new(&error.input)) {
                complain(&format!("did you mean the command `{command}`?"));
            }
        }
    }
}

/// The URI of a file, for a link.
pub(super) fn file_uri(path: &Path) -> Option<String> {
    let whole = std::path::absolute(path).ok()?;
    Some(Url::from_file_path(whole).ok()?.into())
}

/// Finds the inputs. Without a path standard input is meant, unless it is a terminal: then there is nothing to read.
pub(super) fn find(paths: &[PathBuf]) -> Option<Inputs> {
    let stdin = [PathBuf::from("-")];
    let paths = match paths {
        [] if io::stdin().is_terminal() => return None,
        [] => &stdin,
        paths => paths,
    };
    let found = discover(paths);
    Some(Inputs {
        sources: found.sources,
        errors: found.errors,
        skipped: found.skipped,
    })
}

/// The short help where nothing was given to read.
pub(super) const NOTHING: &str = "\
nothing to read

  corsight export.har       a HAR file saved from the browser's developer tools
  corsight capture.pcapng   a packet capture
  corsight explain          what the browsers' CORS errors mean
  corsight --help           everything else";

/// The command that was meant, where a path that does not exist looks like one.
fn meant_command(path: &Path) -> Option<&'static str> {
    let word = path.to_str()?;
    suggest::near(word, COMMANDS).filter(|_| !path.exists())
}
