//! `explain`: the manual page for a rule, a browser's code or a pasted console line.

mod codes;
mod console;
mod knob;
mod page;
mod template;

use super::args::{Common, ExplainArgs};
use super::output::Target;
use super::{Failure, Status, plan};
use console::Line;
use corsight::causes;
use corsight::fixes::{self, Policy};
use corsight::rules::{self, RuleInfo};
use std::io;

pub(super) fn run(args: &ExplainArgs, common: &Common) -> Result<Status, Failure> {
    // A console line is often pasted without quotes.
    let what = args.what.join(" ");
    let what = what.trim();
    let mut page = page::Page::new(io::stdout().lock(), plan::look(common, &Target::Stdout));
    let cause = causes::find(&as_name(what));
    let line = match what {
        "" => None,
        _ if cause.is_some() => None,
        what => match look_up(what, rules::ALL) {
            Some(line) => Some(line),
            None => return Err(Failure::usage(unknown(what))),
        },
    };
    match (&line, cause) {
        (Some(line), _) => page.explain(line)?,
        (None, Some(cause)) => page.cause(cause)?,
        (None, None) if args.server.is_none() => page.list(rules::ALL, causes::ALL)?,
        (None, None) => {}
    }
    if let Some(platform) = args.server {
        if line.is_some() {
            page.blank()?;
        }
        let rule = line.as_ref().and_then(|line| line.rules.first());
        let rule = rule.and_then(|name| rules::find(name));
        let mut policy = policy(args, line.as_ref());
        let stands_for = rule.and_then(|rule| knob::fill(&mut policy, rule, platform));
        let about = rule.map(|rule| knob::of(rule, platform));
        let about = about.into_iter().chain(stands_for);
        page.recipe(platform, &policy, about)?;
    }
    Ok(Status::Clean)
}

/// What to allow: what was typed, else what the console line names.
fn policy(args: &ExplainArgs, line: Option<&Line>) -> Policy {
    let named = |wanted: &str| {
        let values = line.into_iter().flat_map(|line| &line.values);
        values
            .filter(|(name, value)| *name == wanted && !value.is_empty())
            .map(|(_, value)| value.clone())
            .collect::<Vec<_>>()
    };
    let or_named = |typed: &Vec<String>, name| match typed.is_empty() {
        true => named(name),
        false => typed.clone(),
    };
    let is_about_credentials = line.is_some_and(|line| {
        line.rules
            .iter()
            .any(|rule| rule.contains("with-credentials") || rule.contains("allow-credentials"))
    });
    Policy {
        origins: or_named(&args.origin, "origin"),
        methods: or_named(&args.method, "method"),
        headers: or_named(&args.header, "header"),
        expose: args.expose.clone(),
        credentials: args.credentials || is_about_credentials,
        max_age: args.max_age,
        path: args.path.clone(),
        upstream: args.upstream.clone(),
        api: args.api.clone().or_else(|| {
            named("url")
                .first()
                .and_then(|url| fixes::policy::origin_of(url))
        }),
    }
}

/// What `what` stands for: a rule's name, a code, or a console line.
fn look_up(what: &str, all: &[&'static RuleInfo]) -> Option<Line> {
    let only = |rules, remark| Line {
        rules,
        values: Vec::new(),
        remark,
    };
    let name = as_name(what);
    if let Some(rule) = all.iter().find(|rule| rule.name == name) {
        return Some(only(vec![rule.name], None));
    }
    if let Some((rules, remark)) = codes::rules(what, all) {
        return Some(only(rules, remark));
    }
    console::read(what)
}

/// As names are written, however it was typed: `[Errors_lack_cors]`.
fn as_name(what: &str) -> String {
    what.trim_matches(['[', ']'])
        .to_ascii_lowercase()
        .replace('_', "-")
}

fn unknown(what: &str) -> String {
    let shown: String = what.chars().take(60).collect();
    let names = rules::ALL.iter().map(|rule| rule.name);
    let near = suggestions(
        what,
        names.chain(causes::ALL.iter().map(|cause| cause.name)),
    );
    let mut text =
        format!("`{shown}` is no rule, no root cause, no browser's code and no known console line");
    if !near.is_empty() {
        text.push_str("\n  did you mean  ");
        text.push_str(&near.join("\n                "));
    }
    text.push_str("\n  `corsight explain` lists all rules and root causes");
    text
}

/// Rules and root causes whose name is like `what`, or holds its words.
fn suggestions(what: &str, names: impl Iterator<Item = &'static str>) -> Vec<&'static str> {
    let what = what.to_ascii_lowercase().replace([' ', '_'], "-");
    let mut scored: Vec<(f64, &'static str)> = names
        .map(|name| {
            let words = what
                .split('-')
                .filter(|word| word.len() > 2 && name.contains(word))
                .count();
            let likeness = strsim::jaro_winkler(&what, name);
            (likeness + words as f64 * 0.15, name)
        })
        .filter(|(score, _)| *score > 0.8)
        .collect();
    scored.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(b.1)));
    scored.into_iter().take(3).map(|(_, name)| name).collect()
}

#[cfg(test)]
mod tests;
