//! Manual pages on a terminal.

use super::console::Line;
use anstyle::{AnsiColor, Style};
use corsight::causes::PatternInfo;
use corsight::finding::Severity;
use corsight::fixes::{Platform, Policy};
use corsight::report::{Look, links};
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

    /// All rules, by family, then the root causes.
    pub(super) fn list(&mut self, all: &[&RuleInfo], causes: &[&PatternInfo]) -> io::Result<()> {
        let names = all
            .iter()
            .map(|rule| rule.name)
            .chain(causes.iter().map(|cause| cause.name));
        let name_width = names.map(str::len).max().unwrap_or(0);
        for (family, title) in FAMILIES {
            let mut members = all.iter().filter(|rule| rule.family == family).peekable();
            if members.peek().is_none() {
                continue;
            }
            self.styled(Style::new().bold(), title)?;
            self.end()?;
            for rule in members {
                let style = severity_style(rule.severity);
                let leads = links::standard(rule);
                self.entry(style, (rule.name, leads), rule.summary, name_width)?;
            }
            self.end()?;
        }
        self.styled(Style::new().bold(), "Root causes over many requests")?;
        self.end()?;
        for cause in causes {
            self.entry(Style::new(), (cause.name, None), cause.summary, name_width)?;
        }
        writeln!(
            self.out,
            "\ncorsight explain NAME shows the page of one of them."
        )?;
        self.out.flush()
    }

    fn entry(
        &mut self,
        style: Style,
        (name, leads): (&str, Option<String>),
        summary: &str,
        name_width: usize,
    ) -> io::Result<()> {
        write!(self.out, "  ")?;
        match leads.filter(|_| self.look.links.is_some()) {
            Some(uri) => self.styled(style, &links::link(name, &uri))?,
            None => self.styled(style, name)?,
        }
        let indent = name_width + 4;
        if self.look.width >= indent + 30 {
            write!(self.out, "{:pad$}", "", pad = indent - 2 - name.len())?;
            self.wrapped(summary, indent)
        } else {
            write!(self.out, "\n      ")?;
            self.wrapped(summary, 6)
        }
    }

    /// The page of a root cause.
    pub(super) fn cause(&mut self, cause: &PatternInfo) -> io::Result<()> {
        self.styled(Style::new().bold(), cause.name)?;
        writeln!(self.out, "  (root cause)")?;
        self.end()?;
        self.text(cause.manual())?;
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

    /// An empty line between two parts.
    pub(super) fn blank(&mut self) -> io::Result<()> {
        self.end()
    }

    /// What to paste on a platform, and what to know about it; `about` tells which part a rule is about.
    pub(super) fn recipe(
        &mut self,
        platform: &Platform,
        policy: &Policy,
        about: impl Iterator<Item = &'static str>,
    ) -> io::Result<()> {
        self.styled(Style::new().bold(), platform.title)?;
        self.end()?;
        self.end()?;
        for sentence in about {
            self.wrapped(sentence, 0)?;
            self.end()?;
        }
        writeln!(self.out, "{}", platform.snippet(policy))?;
        self.styled(Style::new().bold(), "What to know")?;
        self.end()?;
        self.text(platform.manual())?;
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
                let page = links::firefox_page(code).filter(|_| self.look.links.is_some());
                let shown = page.map_or(code.to_owned(), |page| links::link(code, &page));
                writeln!(self.out, "  {browser:<10}{shown}")?;
            }
        }
        self.end()?;
        self.text(rule.manual())
    }

    /// A manual page: its own title is left out, paragraphs are wrapped to the width.
    fn text(&mut self, manual: impl AsRef<str>) -> io::Result<()> {
        for block in blocks(manual.as_ref()) {
            match block {
                Block::Title(title) => {
                    self.styled(Style::new().bold(), &title)?;
                    self.end()?;
                }
                Block::Verbatim(line) => writeln!(self.out, "{line}")?,
                Block::Prose(text) => {
                    let bare = text.trim_start_matches([' ', '-', '*']);
                    self.wrapped(&text, text.len() - bare.len())?;
                }
            }
        }
        Ok(())
    }

    fn wrapped(&mut self, text: &str, indent: usize) -> io::Result<()> {
        let room = self.look.width.saturating_sub(indent).max(20);
        let mut used = 0;
        for word in text.split_inclusive(' ') {
            let word = word.trim_end();
            let width = word.chars().count();
            match used {
                0 => {}
                _ if used + 1 + width > room => {
                    write!(self.out, "\n{:indent$}", "")?;
                    used = 0;
                }
                _ => {
                    write!(self.out, " ")?;
                    used += 1;
                }
            }
            self.word(word)?;
            used += width;
        }
        self.end()
    }

    /// `<https://…>` as a link, where links are wanted.
    fn word(&mut self, word: &str) -> io::Result<()> {
        let address = word
            .strip_prefix('<')
            .and_then(|rest| rest.split_once('>'))
            .filter(|(address, _)| address.starts_with("https://") && self.look.links.is_some());
        match address {
            Some((address, rest)) => {
                write!(self.out, "{}{rest}", links::link(address, address))
            }
            None => write!(self.out, "{word}"),
        }
    }

    fn styled(&mut self, style: Style, text: &str) -> io::Result<()> {
        let style = if self.look.color { style } else { Style::new() };
        write!(self.out, "{style}{text}{style:#}")
    }

    fn end(&mut self) -> io::Result<()> {
        writeln!(self.out)
    }
}

/// A piece of a manual page.
enum Block {
    Title(String),
    /// Printed as it stands: code, tables, empty lines.
    Verbatim(String),
    /// A paragraph or list item, on one line.
    Prose(String),
}

fn blocks(manual: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut in_code = false;
    let body = manual
        .lines()
        .skip_while(|line| line.starts_with("# ") || line.is_empty());
    for line in body {
        if line.trim_start().starts_with("```") {
            in_code = !in_code;
        } else if in_code {
            blocks.push(Block::Verbatim(format!("    {line}")));
        } else if line.starts_with('#') {
            blocks.push(Block::Title(line.trim_start_matches('#').trim().to_owned()));
        } else if line.is_empty() || line.starts_with('|') || line.starts_with("    ") {
            blocks.push(Block::Verbatim(line.to_owned()));
        } else if let Some(Block::Prose(paragraph)) = blocks.last_mut()
            && !line.starts_with("- ")
        {
            paragraph.push(' ');
            paragraph.push_str(line.trim_start());
        } else {
            blocks.push(Block::Prose(line.to_owned()));
        }
    }
    blocks
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
