//! `merge`: reports of many runs into one.

use super::args::{Common, MergeArgs};
use super::output::{Target, Trouble};
use super::{Failure, Status, complain, plan};
use corsight::report::merge::{MergeError, Merger};
use corsight::report::{self, Format};
use std::fs::File;
use std::io::{self, BufReader, IsTerminal as _};
use std::path::{Path, PathBuf};

pub(super) fn run(args: MergeArgs, common: &Common) -> Result<Status, Failure> {
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
    merger.clean(&plan::closed_unless(args.show_secrets));
    let target = Target::new(args.output);
    if args.format.is_binary() && target == Target::Stdout {
        plan::binary(io::stdout().is_terminal())?;
    }
    let out = target.open(&inputs, &trouble)?;
    if status == Status::Clean && merger.has_severity(&["blocked"]) && !args.exit_zero {
        status = Status::Findings;
    }
    match args.format {
        Format::Json => merger.write_json(out),
        Format::Ndjson => merger.write_ndjson(out),
        format => {
            let look = plan::look(common, &target);
            let mut sink = report::sink(format, Box::new(out), look);
            merger.write(sink.as_mut())
        }
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
