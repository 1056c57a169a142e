//! Shared by the whole-program tests: running the binary, finding the samples, holding findings against verdicts.
#![allow(dead_code, unreachable_pub, missing_docs)]

pub mod verdicts;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// The program, with nothing of the caller's environment that could change its output.
pub fn corsight() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_corsight"));
    for name in [
        "NO_COLOR",
        "CLICOLOR",
        "CLICOLOR_FORCE",
        "COLUMNS",
        "CI",
        "CORSIGHT_CONFIG",
        "SSLKEYLOGFILE",
    ] {
        command.env_remove(name);
    }
    command
}

/// Runs the program with these arguments.
pub fn run<I: IntoIterator<Item = S>, S: AsRef<std::ffi::OsStr>>(arguments: I) -> Output {
    corsight().args(arguments).output().unwrap()
}

/// Standard output as text.
pub fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

/// The project's own samples.
pub fn samples() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("samples")
}

/// A folder of test material beside the project, which a stranger's clone does not have.
pub fn beside(name: &str) -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../shared")
        .join(name);
    if folder.is_dir() {
        return Some(folder);
    }
    eprintln!("skipped: {name} is not beside this clone");
    None
}

/// Sub-folders in order of name.
pub fn folders(parent: &Path) -> Vec<PathBuf> {
    let mut found: Vec<_> = std::fs::read_dir(parent)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_dir())
        .collect();
    found.sort();
    found
}
