//! `explain`: the manual page for a rule, a browser's code or a pasted console line.

mod codes;
mod console;
mod page;
mod template;

use super::args::{Common, ExplainArgs};
use super::output::Target;
use super::{Failure, Status, plan};
use console::Line;
use corsight::rules::{self, RuleInfo};
use std::io;

pub(super) fn run(args: &ExplainArgs, common: &Common) -> Result<Status, Failure> {
    // A console line is often pasted without quotes.
    let what = args.what.join(" ");
    let what = what.trim();
    let mut page = page::Page::new(io::stdout().lock(), plan::look(common, &Target::Stdout));
    if what.is_empty() {
        page.list(rules::ALL)?;
        return Ok(Status::Clean);
    }
    match look_up(what, rules::ALL) {
        Some(line) => {
            page.explain(&line)?;
            Ok(Status::Clean)
        }
        None => Err(Failure::usage(unknown(what))),
    }
}

/// What `what` stands for: a rule's name, a code, or a console line.
fn look_up(what: &str, all: &[&'static RuleInfo]) -> Option<Line> {
    let only = |rules, remark| Line {
        rules,
        values: Vec::new(),
        remark,
    };
    let name = what
        .trim_matches(['[', ']'])
        .to_ascii_lowercase()
        .replace('_', "-");
    if let Some(rule) = all.iter().find(|rule| rule.name == name) {
        return Some(only(vec![rule.name], None));
    }
    if let Some((rules, remark)) = codes::rules(what, all) {
        return Some(only(rules, remark));
    }
    console::read(what)
}

fn unknown(what: &str) -> String {
    let shown: String = what.chars().take(60).collect();
    let near = suggestions(what, rules::ALL);
    let mut text = format!("`{shown}` is no rule, no browser's code and no known console line");
    if !near.is_empty() {
        text.push_str("\n  did you mean  ");
        text.push_str(&near.join("\n                "));
    }
    text.push_str("\n  `corsight explain` lists all rules");
    text
}

/// Rules whose name is like `what`, or holds its words.
fn suggestions(what: &str, all: &[&'static RuleInfo]) -> Vec<&'static str> {
    let what = what.to_ascii_lowercase().replace([' ', '_'], "-");
    let mut scored: Vec<(f64, &'static str)> = all
        .iter()
        .map(|rule| {
            let words = what
                .split('-')
                .filter(|word| word.len() > 2 && rule.name.contains(word))
                .count();
            let likeness = strsim::jaro_winkler(&what, rule.name);
            (likeness + words as f64 * 0.15, rule.name)
        })
        .filter(|(score, _)| *score > 0.8)
        .collect();
    scored.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(b.1)));
    scored.into_iter().take(3).map(|(_, name)| name).collect()
}

#[cfg(test)]
mod tests;
