//! `merge`: reports of many runs into one.

use super::args::{MergeArgs, MergeFormat};
use super::output::{Target, Trouble};
use super::{Failure, Status, complain};
use corsight::report::merge::{MergeError, Merger};
use std::fs::File;
use std::io::{self, BufReader};
use std::path::{Path, PathBuf};

pub(super) fn run(args: MergeArgs) -> Result<Status, Failure> {
    let mut merger = Merger::default();
    let mut status = Status::Clean;
    for path in &args.reports {
        if let Err(error) = add(&mut merger, path) {
            complain(&format!("{}: {error}", path.display()));
            status = Status::Error;
        }
    }
    let trouble = Trouble::default();
    let inputs: Vec<&Path> = args.reports.iter().map(PathBuf::as_path).collect();
    let out = Target::new(args.output).open(&inputs, &trouble)?;
    if status == Status::Clean && merger.has_severity(&["blocked"]) && !args.exit_zero {
        status = Status::Findings;
    }
    match args.format {
        MergeFormat::Json => merger.write_json(out),
        MergeFormat::Ndjson => merger.write_ndjson(out),
    }
    .map_err(|error| trouble.failure(error))?;
    Ok(status)
}

fn add(merger: &mut Merger, path: &Path) -> Result<(), MergeError> {
    if path.as_os_str() == "-" {
        return merger.add(io::stdin().lock());
    }
    merger.add(BufReader::with_capacity(1 << 16, File::open(path)?))
}
