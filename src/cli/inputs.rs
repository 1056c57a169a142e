//! From paths to inputs, and what to say when there are none.

use super::args::COMMANDS;
use super::complain;
use corsight::Error;
use corsight::input::discover;
use corsight::input::{Source, SourcePlace};
use std::io::{self, IsTerminal as _};
use std::path::{Path, PathBuf};

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
    COMMANDS
        .into_iter()
        .find(|command| is_typo(word, command) && !path.exists())
}

/// Whether `word` becomes `command` by one letter too many, too few, wrong, or swapped.
fn is_typo(word: &str, command: &str) -> bool {
    if word.len().abs_diff(command.len()) > 1 || word == command {
        return false;
    }
    let same = word
        .bytes()
        .zip(command.bytes())
        .take_while(|(a, b)| a == b)
        .count();
    let (rest, wanted) = (word.get(same..), command.get(same..));
    let (Some(rest), Some(wanted)) = (rest, wanted) else {
        return false;
    };
    let skip = |text: &str, count: usize| text.get(count..).unwrap_or_default().to_owned();
    let swapped = || {
        let mut letters: Vec<char> = rest.chars().collect();
        if letters.len() > 1 {
            letters.swap(0, 1);
        }
        letters.into_iter().collect::<String>()
    };
    skip(rest, 1) == wanted
        || rest == skip(wanted, 1)
        || skip(rest, 1) == skip(wanted, 1)
        || swapped() == wanted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mistyped_command_is_recognised() {
        for word in ["chek", "cheeck", "chack", "hceck"] {
            assert_eq!(meant_command(Path::new(word)), Some("check"), "{word}");
        }
        assert_eq!(meant_command(Path::new("a.har")), None);
    }
}
