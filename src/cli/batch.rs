//! `--output-dir`: each input analysed by itself, with a report of its own, and a total over all of them.
//!
//! Small inputs are read side by side; reports are written in the order of the inputs, so that they are the same
//! whatever the number of threads. An input that cannot be read has no report; the table and the total name it.

use super::args::Common;
use super::gate::Gate;
use super::inputs::Inputs;
use super::output::{Target, Trouble};
use super::plan::{self, CheckPlan};
use super::progress::Progress;
use super::{Failure, Status, check, inputs};
use corsight::Error;
use corsight::analysis::{self, Options};
use corsight::finding::summary::FailedInput;
use corsight::finding::{Cause, Finding, Severity, Summary, cause};
use corsight::input::Source;
use corsight::report::{self, Redacting, Sink, links};
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

/// Inputs below this size are read side by side.
const SMALL: u64 = 8 << 20;
/// So many of them are held in memory at once.
const GROUP: usize = 64;
/// Letters of a report's name that come from the input's name.
const NAME: usize = 120;

/// Runs `check` over all inputs, each by itself.
pub(super) fn run(
    plan: &CheckPlan,
    found: &Inputs,
    common: &Common,
    folder: &Path,
) -> Result<Status, Failure> {
    fs::create_dir_all(folder).map_err(|error| Failure::Output {
        target: folder.display().to_string(),
        error,
    })?;
    let trouble = Trouble::default();
    let total = Total {
        sinks: check::sinks(plan, found, common, &trouble)?,
        causes: Vec::new(),
        summary: Summary::default(),
        keep: plan.options.limits.caveats_per_kind,
    };
    let mut batch = Batch {
        plan,
        found,
        common,
        folder,
        trouble,
        total,
        names: Names::default(),
        rows: Vec::new(),
        fresh: BTreeMap::new(),
        told: BTreeSet::new(),
    };
    let progress = Progress::new(common, &found.sources, false);
    batch.inputs(&progress)?;
    progress.finish();
    batch.end()
}

struct Batch<'a> {
    plan: &'a CheckPlan,
    found: &'a Inputs,
    common: &'a Common,
    folder: &'a Path,
    trouble: Trouble,
    total: Total,
    names: Names,
    rows: Vec<Row>,
    /// What no baseline holds, of all inputs.
    fresh: BTreeMap<Severity, u64>,
    /// Inputs that could not be read, or not to their end.
    told: BTreeSet<String>,
}

impl Batch<'_> {
    fn inputs(&mut self, progress: &Progress) -> Result<(), Failure> {
        let all = self.found.sources.as_slice();
        let options = &self.plan.options;
        let mut rest = all;
        let mut bytes = 0;
        while !rest.is_empty() {
            progress.file(all.len() - rest.len(), all.len());
            let small = rest
                .iter()
                .take(GROUP)
                .take_while(|source| source.size().is_some_and(|size| size < SMALL))
                .count();
            let (group, tail) = rest.split_at_checked(small.max(1)).unwrap_or((rest, &[]));
            let held: Vec<Held> = match small {
                0 => group
                    .iter()
                    .map(|source| Held::read(source, options, &|at| progress.at(bytes + at)))
                    .collect(),
                _ => group
                    .par_iter()
                    .map(|source| Held::read(source, options, &|_| {}))
                    .collect(),
            };
            for (source, held) in group.iter().zip(held) {
                bytes += source.size().unwrap_or(0);
                progress.at(bytes);
                for trouble in &held.troubles {
                    // What all inputs share, such as a key log, is told once.
                    if self.told.insert(trouble.clone()) {
                        progress.complain(trouble);
                    }
                }
                self.report(source, &held)?;
            }
            rest = tail;
        }
        Ok(())
    }

    /// Writes the report of one input and adds it to the total.
    fn report(&mut self, source: &Source, held: &Held) -> Result<(), Failure> {
        let plan = self.plan;
        let name = plan.redactor.source(&source.name).into_owned();
        let mut sinks: Vec<Box<dyn Sink + '_>> = Vec::new();
        let mut file = None;
        if held.summary.inputs > 0 {
            let path = self
                .folder
                .join(self.names.file(&name, plan.format.extension()));
            let target = Target::new(Some(path.clone()));
            let out = target.open(&self.found.files(), &self.trouble)?;
            let look = plan::look(self.common, &target);
            sinks.push(report::sink(plan.format, Box::new(out), look));
            file = Some(path);
        }
        sinks.push(Box::new(&mut self.total));
        let mut gate = Gate {
            is_part: true,
            ..Gate::new(plan, Redacting::new(&plan.redactor, sinks))
        };
        let written = held
            .findings
            .iter()
            .try_for_each(|finding| gate.finding(finding))
            .and_then(|()| gate.finish(&held.causes, &held.summary));
        written.map_err(|error| self.trouble.failure(error))?;
        let Gate { passed, fresh, .. } = gate;
        for (severity, count) in fresh {
            *self.fresh.entry(severity).or_default() += count;
        }
        self.rows.push(Row {
            name,
            findings: passed.findings,
            file,
        });
        Ok(())
    }

    /// The total, the table and the exit status.
    fn end(mut self) -> Result<Status, Failure> {
        let mut rest = Summary {
            failed_inputs: self.found.errors.iter().map(FailedInput::from).collect(),
            ..Summary::default()
        };
        rest.skip(
            "file that is neither a HAR nor a capture",
            self.found.skipped,
        );
        let rest = self.plan.redactor.summary(&rest).into_owned();
        self.total.summary.join(&rest, self.total.keep);
        self.total
            .end()
            .map_err(|error| self.trouble.failure(error))?;
        if !self.common.quiet {
            self.table()?;
        }
        let failed = !self.total.summary.failed_inputs.is_empty() || !self.told.is_empty();
        let is_bad = |least: Severity| self.fresh.range(least..).any(|(_, count)| *count > 0);
        Ok(match self.plan.fail_on {
            _ if failed => Status::Error,
            Some(least) if is_bad(least) => Status::Findings,
            _ => Status::Clean,
        })
    }

    /// The path of a report, as a link where the terminal follows them.
    fn shown(&self, path: &Path) -> String {
        let text = path.display().to_string();
        let look = plan::look(self.common, &Target::Stdout);
        match look.links.and_then(|_| inputs::file_uri(path)) {
            Some(uri) => links::link(&text, &uri),
            None => text,
        }
    }

    fn table(&self) -> io::Result<()> {
        let mut out = io::stdout().lock();
        writeln!(out, "blocked  depends  risk  note  input")?;
        for row in &self.rows {
            let name = printable(&row.name);
            let Some(file) = &row.file else {
                writeln!(out, "   cannot be read            {name}")?;
                continue;
            };
            write_counts(&mut out, &row.findings)?;
            writeln!(out, "  {name} → {}", self.shown(file))?;
        }
        write_counts(&mut out, &self.total.summary.findings)?;
        let files: Vec<String> = self
            .plan
            .reports
            .iter()
            .filter_map(|(_, target)| match target {
                Target::File(path) => Some(self.shown(path)),
                Target::Stdout => None,
            })
            .collect();
        writeln!(out, "  total → {}", files.join(", "))?;
        out.flush()
    }
}

fn write_counts(out: &mut impl io::Write, findings: &BTreeMap<Severity, u64>) -> io::Result<()> {
    let count = |severity| findings.get(&severity).copied().unwrap_or(0);
    write!(
        out,
        "{:>7}  {:>7}  {:>4}  {:>4}",
        count(Severity::Blocked),
        count(Severity::Depends),
        count(Severity::Risk),
        count(Severity::Note)
    )
}

fn printable(text: &str) -> String {
    let shown = |c: char| if c.is_control() { '\u{fffd}' } else { c };
    text.chars().map(shown).collect()
}

/// A line of the table.
struct Row {
    name: String,
    findings: BTreeMap<Severity, u64>,
    /// `None`: the input could not be read.
    file: Option<PathBuf>,
}

/// What came out of one input.
#[derive(Default)]
struct Held {
    findings: Vec<Finding>,
    causes: Vec<Cause>,
    summary: Summary,
    /// That it could not be read, or not to its end.
    troubles: Vec<String>,
}

impl Held {
    fn read(source: &Source, options: &Options, progress: &dyn Fn(u64)) -> Self {
        let mut held = Self::default();
        let sources = std::slice::from_ref(source);
        let mut troubles = Vec::new();
        let mut tell = |error: &Error| troubles.push(error.to_string());
        // A sink in memory does not fail.
        let _ = analysis::check(sources, options, &mut held, &mut tell, progress);
        held.troubles = troubles;
        held
    }
}

impl Sink for Held {
    fn finding(&mut self, finding: &Finding) -> io::Result<()> {
        self.findings.push(finding.clone());
        Ok(())
    }

    fn finish(&mut self, causes: &[Cause], summary: &Summary) -> io::Result<()> {
        self.causes = causes.to_vec();
        self.summary = summary.clone();
        Ok(())
    }
}

/// The reports over all inputs: findings go on at once, the rest is added up.
struct Total {
    sinks: Vec<Box<dyn Sink>>,
    causes: Vec<Cause>,
    summary: Summary,
    keep: usize,
}

impl Total {
    fn end(&mut self) -> io::Result<()> {
        self.sinks.finish(&self.causes, &self.summary)
    }
}

impl Sink for &mut Total {
    fn finding(&mut self, finding: &Finding) -> io::Result<()> {
        self.sinks.finding(finding)
    }

    fn finish(&mut self, causes: &[Cause], summary: &Summary) -> io::Result<()> {
        cause::join(&mut self.causes, causes);
        self.summary.join(summary, self.keep);
        Ok(())
    }
}

/// Names of reports: they stay in the folder, and no two are the same, also where case does not count.
#[derive(Default)]
struct Names(BTreeSet<String>);

impl Names {
    fn file(&mut self, input: &str, extension: &str) -> String {
        let plain = |c: char| match c {
            'a'..='z' | 'A'..='Z' | '0'..='9' | '.' | '-' | '_' => c,
            _ => '_',
        };
        let safe: String = input.chars().map(plain).collect();
        let safe = safe.trim_start_matches(['.', '_', '-']);
        let cut = safe.len().saturating_sub(NAME);
        let safe = safe.get(cut..).unwrap_or_default();
        // Never empty, never a device of Windows, never the total.
        let stem = match safe.split('.').next().unwrap_or_default() {
            "" => format!("input{safe}"),
            first if RESERVED.contains(&&*first.to_ascii_lowercase()) => format!("input-{safe}"),
            _ => safe.to_owned(),
        };
        let mut name = format!("{stem}.{extension}");
        let mut number = 2;
        while !self.0.insert(name.to_ascii_lowercase()) {
            name = format!("{stem}-{number}.{extension}");
            number += 1;
        }
        name
    }
}

const RESERVED: [&str; 15] = [
    "aux", "com1", "com2", "com3", "com4", "con", "lpt1", "lpt2", "lpt3", "nul", "prn", "total",
    "clock$", "conin$", "conout$",
];

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn names_say_where_they_come_from_and_do_not_collide() {
        let mut names = Names::default();
        assert_eq!(names.file("a/b.har", "html"), "a_b.har.html");
        assert_eq!(names.file("A_b.har", "html"), "A_b.har-2.html");
        assert_eq!(names.file("../../etc/passwd", "txt"), "etc_passwd.txt");
        assert_eq!(names.file("(stdin)", "txt"), "stdin_.txt");
        assert_eq!(names.file("con.har", "txt"), "input-con.har.txt");
        assert_eq!(names.file("total", "txt"), "input-total.txt");
        assert_eq!(names.file("日本", "txt"), "input.txt");
    }

    proptest! {
        #[test]
        fn no_name_leaves_the_folder(inputs in proptest::collection::vec(any::<String>(), 1..8)) {
            let mut names = Names::default();
            let mut seen = BTreeSet::new();
            for input in inputs {
                let name = names.file(&input, "txt");
                prop_assert!(!name.starts_with('.') && !name.contains(['/', '\\', ':']));
                prop_assert!(name.len() < 160 && seen.insert(name.to_lowercase()));
            }
        }
    }
}
