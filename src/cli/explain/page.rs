//! Manual pages on a terminal.

use super::console::Line;
use anstyle::{AnsiColor, Style};
use corsight::finding::Severity;
use corsight::report::Look;
use corsight::rules::{self, Family, RuleInfo};
use std::io::{self, Write};

/// Writes pages.
pub(super) struct Page<W> {
    out: W,
    look: Look,
}

impl<W: Write> Page<W> {
    pub(super) fn new(out: W, look: Look) -> Self {
        Self { out, look }
    }

    /// All rules, by family.
    pub(super) fn list(&mut self, all: &[&RuleInfo]) -> io::Result<()> {
        let name_width = all.iter().map(|rule| rule.name.len()).max().unwrap_or(0);
        for (family, title) in FAMILIES {
            let mut members = all.iter().filter(|rule| rule.family == family).peekable();
            if members.peek().is_none() {
                continue;
            }
            self.styled(Style::new().bold(), title)?;
            self.end()?;
            for rule in members {
                write!(self.out, "  ")?;
                self.styled(severity_style(rule.severity), rule.name)?;
                let indent = name_width + 4;
                if self.look.width >= indent + 30 {
                    write!(self.out, "{:pad$}", "", pad = indent - 2 - rule.name.len())?;
                    self.wrapped(rule.summary, indent)?;
                } else {
                    write!(self.out, "\n      ")?;
                    self.wrapped(rule.summary, 6)?;
                }
            }
            self.end()?;
        }
        writeln!(
            self.out,
            "corsight explain RULE shows the page of one of them."
        )?;
        self.out.flush()
    }

    /// What was found in a line, and the page of the most likely rule.
    pub(super) fn explain(&mut self, line: &Line) -> io::Result<()> {
        if !line.values.is_empty() {
            self.styled(Style::new().bold(), "In your line")?;
            self.end()?;
            for (name, value) in &line.values {
                let shown = if value.is_empty() {
                    "(empty)".into()
                } else {
                    printable(value)
                };
                writeln!(self.out, "  {name:<16}{shown}")?;
            }
            self.end()?;
        }
        if let Some(remark) = line.remark {
            self.wrapped(remark, 0)?;
            self.end()?;
        }
        let mut known = line.rules.iter().map(|name| (*name, rules::find(name)));
        if let Some((name, rule)) = known.next() {
            match rule {
                Some(rule) => self.manual(rule)?,
                None => writeln!(self.out, "{name}")?,
            }
        }
        let others: Vec<_> = known.collect();
        if !others.is_empty() {
            self.end()?;
            self.styled(Style::new().bold(), "It may also be")?;
            self.end()?;
            for (name, rule) in others {
                let summary = rule.map_or("", |rule| rule.summary);
                write!(self.out, "  ")?;
                self.styled(AnsiColor::Cyan.on_default(), name)?;
                write!(self.out, "\n      ")?;
                self.wrapped(summary, 6)?;
            }
        }
        self.out.flush()
    }

    fn manual(&mut self, rule: &RuleInfo) -> io::Result<()> {
        self.styled(severity_style(rule.severity), rule.name)?;
        writeln!(self.out, "  ({})", severity_word(rule.severity))?;
        let codes = [
            ("Chromium", rule.codes.chromium),
            ("Firefox", rule.codes.firefox),
            ("Safari", rule.codes.webkit),
        ];
        for (browser, code) in codes {
            if let Some(code) = code {
                writeln!(self.out, "  {browser:<10}{code}")?;
            }
        }
        self.end()?;
        let mut in_code = false;
        for text in rule.manual().lines() {
            if text.trim_start().starts_with("```") {
                in_code = !in_code;
            } else if in_code {
                writeln!(self.out, "    {text}")?;
            } else if let Some(title) = text.strip_prefix('#') {
                self.styled(Style::new().bold(), title.trim_start_matches('#').trim())?;
                self.end()?;
            } else if text.starts_with('|') || text.starts_with("    ") {
                writeln!(self.out, "{text}")?;
            } else {
                let bare = text.trim_start_matches([' ', '-', '*']);
                self.wrapped(text, text.len() - bare.len())?;
            }
        }
        Ok(())
    }

    fn wrapped(&mut self, text: &str, indent: usize) -> io::Result<()> {
        let room = self.look.width.saturating_sub(indent).max(20);
        let mut used = 0;
        for word in text.split_inclusive(' ') {
            let width = word.trim_end().chars().count();
            if used > 0 && used + width > room {
                write!(self.out, "\n{:indent$}", "")?;
                used = 0;
            }
            write!(self.out, "{word}")?;
            used += word.chars().count();
        }
        self.end()
    }

    fn styled(&mut self, style: Style, text: &str) -> io::Result<()> {
        let style = if self.look.color { style } else { Style::new() };
        write!(self.out, "{style}{text}{style:#}")
    }

    fn end(&mut self) -> io::Result<()> {
        writeln!(self.out)
    }
}

const FAMILIES: [(Family, &str); 5] = [
    (
        Family::Response,
        "The answer to the actual request, and redirects",
    ),
    (Family::Preflight, "The preflight"),
    (Family::Beside, "Blocked before or beside CORS"),
    (Family::Surprise, "Allowed, but surprising"),
    (Family::Risk, "Allowed, but unsafe or fragile"),
];

fn severity_word(severity: Severity) -> &'static str {
    match severity {
        Severity::Blocked => "blocked",
        Severity::Depends => "depends on what is not in the capture",
        Severity::Risk => "risk",
        Severity::Note => "note",
    }
}

fn severity_style(severity: Severity) -> Style {
    let color = match severity {
        Severity::Blocked => AnsiColor::Red,
        Severity::Depends => AnsiColor::Yellow,
        Severity::Risk => AnsiColor::Magenta,
        Severity::Note => AnsiColor::Blue,
    };
    color.on_default().bold()
}

/// A pasted line may hold what a terminal obeys.
fn printable(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_control() { '\u{fffd}' } else { c })
        .collect()
}
