//! `diff`: what got worse and what got better between two runs.

use super::args::{Common, DiffArgs, DiffFormat};
use super::output::{Target, Trouble};
use super::progress::Progress;
use super::{Failure, Status, complain, inputs, plan};
use corsight::analysis::{self, Options};
use corsight::report::compare::Comparison;
use corsight::report::known::Known;
use corsight::report::text;
use std::fs::File;
use std::io::{self, BufRead as _, BufReader, Read};
use std::path::{Path, PathBuf};

/// Bytes that are looked at to tell a report from a HAR; white space may be written generously.
const HEAD: usize = 4096;

pub(super) fn run(args: DiffArgs, common: &Common) -> Result<Status, Failure> {
    let options = plan::options(args.run);
    let redactor = plan::redactor(args.disclosure);
    let mut has_failed = false;
    let mut side = |path: &Path| -> Result<Known, Failure> {
        let (known, failed) = read(path, &options, common)?;
        has_failed |= failed;
        Ok(known)
    };
    let before = side(&args.before)?;
    let after = side(&args.after)?;
    let mut found = Comparison::new(&before, &after, args.min_severity.into(), &redactor);
    let named = |path: &Path| redactor.source(&path.display().to_string()).into_owned();
    found.before = named(&args.before);
    found.after = named(&args.after);
    if has_failed {
        let note = "an input could not be read: what is missing may have been in it";
        found.notes.push(note.to_owned());
    }
    let trouble = Trouble::default();
    let target = Target::new(args.output);
    let out = target.open(&[&args.before, &args.after], &trouble)?;
    let written = match args.format {
        DiffFormat::Text => text::comparison(out, plan::look(common, &target), &found),
        DiffFormat::Json => found.write_json(out),
    };
    written.map_err(|error| trouble.failure(error))?;
    Ok(match has_failed {
        true => Status::Error,
        false if args.fail_on.fails(found.counts) => Status::Findings,
        false => Status::Clean,
    })
}

/// The findings of a report, or of the captures that `path` names; and whether an input gave nothing.
fn read(path: &Path, options: &Options, common: &Common) -> Result<(Known, bool), Failure> {
    if is_report(path) {
        return match report(path) {
            Ok(known) => Ok((known, false)),
            Err(problem) => Err(Failure::usage(problem)),
        };
    }
    let Some(found) = inputs::find(&[PathBuf::from(path)]) else {
        return Err(Failure::usage(inputs::NOTHING));
    };
    found.complain();
    let progress = Progress::new(common, &found.sources, false);
    let mut failed = !found.errors.is_empty();
    let mut known = Known::default();
    let result = analysis::check(
        &found.sources,
        options,
        &mut known,
        &mut |error| {
            failed = true;
            progress.complain(error);
        },
        &|bytes| progress.at(bytes),
    );
    progress.finish();
    result?;
    Ok((known, failed))
}

/// Reads a report for `--baseline` and `diff`; the error names the file.
pub(super) fn report(path: &Path) -> Result<Known, String> {
    let known = match path.as_os_str() == "-" {
        true => Known::read(io::stdin().lock()),
        false => File::open(path)
            .map_err(Into::into)
            .and_then(|file| Known::read(BufReader::with_capacity(1 << 16, file))),
    };
    known.map_err(|error| format!("{}: {error}", path.display()))
}

/// Whether `path` is one of our JSON reports, by its first bytes.
fn is_report(path: &Path) -> bool {
    let mut head = Vec::new();
    let read = match path.as_os_str() == "-" {
        // What is only looked at stays in the buffer of standard input for its real reader.
        true => io::stdin()
            .lock()
            .fill_buf()
            .map(|bytes| head.extend(bytes.iter().take(HEAD))),
        false => File::open(path)
            .and_then(|file| file.take(HEAD as u64).read_to_end(&mut head))
            .map(|_| ()),
    };
    read.is_ok() && begins_as_report(&head)
}

fn begins_as_report(head: &[u8]) -> bool {
    let head = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
    let inner = head.trim_ascii_start().strip_prefix(b"{");
    inner.is_some_and(|inner| inner.trim_ascii_start().starts_with(b"\"schema\""))
}

/// A baseline that cannot be read is a mistake on the command line.
pub(super) fn baseline(path: Option<&Path>) -> Result<Known, Failure> {
    let Some(path) = path else {
        return Ok(Known::default());
    };
    report(path).map_err(|problem| {
        complain(&"--baseline takes a report of `check --format json` or `ndjson`");
        Failure::usage(problem)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_is_told_from_a_har_by_its_first_member() {
        assert!(begins_as_report(b"{\"schema\":1,\"findings\":["));
        assert!(begins_as_report(b"\xef\xbb\xbf {\n  \"schema\": 1"));
        assert!(
            !begins_as_report(b"{\"log\":{")
                && !begins_as_report(b"")
                && !begins_as_report(b"[{\"schema\"")
        );
    }
}
