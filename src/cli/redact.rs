//! `redact`: the same HAR without secrets.

use super::args::{Common, RedactArgs};
use super::output::{Output, Target, Trouble};
use super::progress::Progress;
use super::{Failure, Status, complain, inputs};
use corsight::input::{self, Format, Source};
use corsight::redact::Redactor;
use corsight::redact::har::{HarCleaner, LeftOut};
use corsight::{Error, ErrorKind, Limits};
use std::io::{self, Read as _, Write as _};

/// Bytes read at once.
const BUFFER: usize = 1 << 18;

pub(super) fn run(args: RedactArgs, common: &Common) -> Result<Status, Failure> {
    let Some(found) = inputs::find(args.har.as_slice()) else {
        return Err(Failure::usage(inputs::NOTHING));
    };
    found.complain();
    let [source] = found.sources.as_slice() else {
        if found.sources.is_empty() {
            return Ok(Status::Error);
        }
        return Err(Failure::usage("redact takes one HAR file at a time"));
    };
    let trouble = Trouble::default();
    let target = Target::new(args.output);
    let redactor = Redactor::closed();
    let progress = Progress::new(common, &found.sources, target == Target::Stdout);
    let mut open = || target.open(&found.files(), &trouble);
    let result = clean(source, &redactor, &progress, &mut open);
    progress.finish();
    let left_out = match result {
        Ok(left_out) => left_out,
        Err(Stop::Input(error)) => {
            complain(&error);
            return Ok(Status::Error);
        }
        Err(Stop::Open(failure)) => return Err(failure),
        Err(Stop::Output(error)) => return Err(trouble.failure(error)),
    };
    if !common.quiet {
        tell(&redactor);
    }
    Ok(complain_of(source, left_out))
}

/// Why cleaning stopped.
enum Stop {
    Input(Error),
    Open(Failure),
    Output(io::Error),
}

fn clean(
    source: &Source,
    redactor: &Redactor,
    progress: &Progress,
    open: &mut dyn FnMut() -> Result<Output, Failure>,
) -> Result<LeftOut, Stop> {
    let mut opened = input::open(source).map_err(Stop::Input)?;
    if opened.format != Format::Har {
        let found = "a packet capture".to_owned();
        let error = Error::new(&source.name, ErrorKind::UnknownFormat { found });
        return Err(Stop::Input(error));
    }
    // Only now: an input that cannot be read leaves no empty file behind.
    let mut out = open().map_err(Stop::Open)?;
    let mut cleaner = HarCleaner::new(redactor, &Limits::default());
    let mut buffer = vec![0; BUFFER];
    let mut clean = Vec::new();
    loop {
        let count = match opened.reader.read(&mut buffer) {
            Ok(0) => break,
            Ok(count) => count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(Stop::Input(Error::new(&source.name, error))),
        };
        progress.at(opened.position.bytes());
        cleaner.push(buffer.get(..count).unwrap_or_default(), &mut clean);
        out.write_all(&clean).map_err(Stop::Output)?;
        clean.clear();
    }
    let left_out = cleaner.finish(&mut clean);
    out.write_all(&clean)
        .and_then(|()| out.flush())
        .map_err(Stop::Output)?;
    Ok(left_out)
}

/// What was removed, by kind.
fn tell(redactor: &Redactor) {
    let removed: Vec<String> = redactor
        .removed()
        .iter()
        .map(|(kind, count)| format!("{count} {kind}"))
        .collect();
    match removed.is_empty() {
        true => complain(&"no secrets found"),
        false => complain(&format!("removed {}", removed.join(", "))),
    }
}

fn complain_of(source: &Source, left_out: LeftOut) -> Status {
    let name = &source.name;
    if left_out.not_a_har {
        complain(&format!(
            "{name}: not a readable HAR file: it is no JSON; nothing was written"
        ));
    }
    if left_out.broken > 0 {
        complain(&format!(
            "{name}: {} damaged or cut entries were left out: what cannot be read cannot be cleaned",
            left_out.broken
        ));
    }
    if left_out.too_long > 0 {
        complain(&format!(
            "{name}: {} entries are longer than {} MiB and were left out",
            left_out.too_long,
            Limits::default().entry >> 20
        ));
    }
    match left_out == LeftOut::default() {
        true => Status::Clean,
        false => Status::Error,
    }
}
