//! Lines, labelled rows, colours and widths: the paper that the text report is written on.

use crate::finding::Severity;
use crate::report::{Links, Look, links};
use anstyle::{AnsiColor, Style};
use std::borrow::Cow;
use std::io::{self, Write};
use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

/// Where a row's text begins.
pub(super) const INDENT: usize = 13;

/// The widest page that text is still easy to read on; URLs and field values use all there is.
const PROSE: usize = 120;

/// What a piece of text is, which decides its colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ink {
    Plain,
    Strong,
    Faint,
    /// A label, a field's name.
    Name,
    /// What is wrong.
    Wrong,
    /// What to do.
    Right,
    Of(Severity),
}

/// The paper.
pub(super) struct Page<W> {
    out: W,
    pub(super) look: Look,
    /// Words that are links just now, and where they lead.
    words: Vec<(String, String)>,
}

impl<W: Write> Page<W> {
    pub(super) fn new(out: W, look: Look) -> Self {
        let width = look.width.clamp(40, 500);
        Self {
            out,
            look: Look { width, ..look },
            words: Vec::new(),
        }
    }

    /// Columns of a line.
    pub(super) fn width(&self) -> usize {
        self.look.width
    }

    /// Columns that running text takes.
    pub(super) fn prose_width(&self) -> usize {
        self.look.width.min(PROSE)
    }

    /// Writes `text` in `ink`. The text must be printable.
    pub(super) fn ink(&mut self, ink: Ink, text: &str) -> io::Result<()> {
        let style = if self.look.color {
            style(ink)
        } else {
            Style::new()
        };
        if self.words.is_empty() {
            return write!(self.out, "{style}{text}{style:#}");
        }
        let text = links::linked(text, &self.words);
        write!(self.out, "{style}{text}{style:#}")
    }

    /// Writes what `write` writes, with `words` as links, where links are wanted at all. A word that is broken at the
    /// end of a line stays plain.
    pub(super) fn linking(
        &mut self,
        words: impl FnOnce(&Links) -> Vec<(String, String)>,
        write: impl FnOnce(&mut Self) -> io::Result<()>,
    ) -> io::Result<()> {
        self.words = self.look.links.as_deref().map(words).unwrap_or_default();
        let written = write(self);
        self.words.clear();
        written
    }

    /// Writes what `write` writes, with these names of inputs as links to their files.
    pub(super) fn linking_files<'n>(
        &mut self,
        names: impl Iterator<Item = &'n String>,
        write: impl FnOnce(&mut Self) -> io::Result<()>,
    ) -> io::Result<()> {
        let words = |links: &Links| {
            let leads = |name: &String| Some((name.clone(), links.file(name)?.to_owned()));
            names.filter_map(leads).collect()
        };
        self.linking(words, write)
    }

    pub(super) fn line(&mut self, text: &str) -> io::Result<()> {
        let lines: Vec<String> = wrap(&printable(text), self.width(), self.width());
        for line in lines {
            writeln!(self.out, "{line}")?;
        }
        Ok(())
    }

    pub(super) fn blank(&mut self) -> io::Result<()> {
        writeln!(self.out)
    }

    pub(super) fn spaces(&mut self, count: usize) -> io::Result<()> {
        write!(self.out, "{:count$}", "")
    }

    /// `  label      `, up to [`INDENT`].
    pub(super) fn label(&mut self, label: &str) -> io::Result<()> {
        self.ink(Ink::Plain, "  ")?;
        self.ink(Ink::Name, label)?;
        self.spaces(INDENT.saturating_sub(2 + label.width()).max(1))
    }

    /// A label and a text that is wrapped beside it.
    pub(super) fn row(&mut self, label: &str, ink: Ink, text: &str) -> io::Result<()> {
        if text.is_empty() {
            self.ink(Ink::Plain, "  ")?;
            self.ink(Ink::Name, label)?;
            return self.blank();
        }
        self.label(label)?;
        self.wrapped(INDENT, ink, text)
    }

    /// `text` from column `indent`, where the first line already stands.
    pub(super) fn wrapped(&mut self, indent: usize, ink: Ink, text: &str) -> io::Result<()> {
        let room = self.prose_width().saturating_sub(indent).max(10);
        for (index, line) in wrap(&printable(text), room, room).iter().enumerate() {
            if index > 0 {
                self.spaces(indent)?;
            }
            self.ink(ink, line)?;
            self.blank()?;
        }
        Ok(())
    }

    pub(super) fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

fn style(ink: Ink) -> Style {
    let color = |color: AnsiColor| color.on_default();
    match ink {
        Ink::Plain => Style::new(),
        Ink::Strong => Style::new().bold(),
        Ink::Faint => Style::new().dimmed(),
        Ink::Name => color(AnsiColor::Cyan),
        Ink::Wrong => color(AnsiColor::Red).bold(),
        Ink::Right => color(AnsiColor::Green),
        Ink::Of(Severity::Blocked) => color(AnsiColor::Red).bold(),
        Ink::Of(Severity::Depends) => color(AnsiColor::Yellow).bold(),
        Ink::Of(Severity::Risk) => color(AnsiColor::Magenta).bold(),
        Ink::Of(Severity::Note) => color(AnsiColor::Blue).bold(),
    }
}

/// `text` without characters that a terminal obeys: a capture must not move the cursor or reverse the reading order.
pub(in crate::report) fn printable(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_command) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        match c {
            c if !is_command(c) => shown.push(c),
            '\n' => shown.push_str("\\n"),
            '\r' => shown.push_str("\\r"),
            '\t' => shown.push_str("\\t"),
            c => shown.extend(c.escape_unicode()),
        }
    }
    Cow::Owned(shown)
}

fn is_command(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

/// `text` in at most `room` columns: its middle is left out.
pub(in crate::report) fn elide(text: &str, room: usize) -> Cow<'_, str> {
    if text.width() <= room {
        return Cow::Borrowed(text);
    }
    let room = room.saturating_sub(1).max(2);
    let tail_room = room / 3;
    let head = take_columns(text.chars(), room - tail_room);
    let mut tail: Vec<char> = take_columns(text.chars().rev(), tail_room)
        .chars()
        .collect();
    tail.reverse();
    Cow::Owned(format!("{head}…{}", tail.into_iter().collect::<String>()))
}

fn take_columns(chars: impl Iterator<Item = char>, room: usize) -> String {
    let mut used = 0;
    chars
        .take_while(|c| {
            used += c.width().unwrap_or(0);
            used <= room
        })
        .collect()
}

/// Breaks at spaces; a word that is wider than a line is broken where the line ends.
pub(super) fn wrap(text: &str, first_room: usize, room: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let mut line = String::new();
    let mut used = 0;
    for word in text.split_inclusive(' ') {
        let limit = if lines.is_empty() { first_room } else { room };
        let bare = word.trim_end().width();
        if used + bare > limit && used > 0 {
            lines.push(line.trim_end().to_owned());
            line.clear();
            used = 0;
        }
        if bare <= room {
            line.push_str(word);
            used += word.width();
            continue;
        }
        for c in word.chars() {
            let columns = c.width().unwrap_or(0);
            if used + columns > room && used > 0 {
                lines.push(std::mem::take(&mut line));
                used = 0;
            }
            line.push(c);
            used += columns;
        }
    }
    let rest = line.trim_end();
    if !rest.is_empty() || lines.is_empty() {
        lines.push(rest.to_owned());
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_capture_cannot_command_the_terminal() {
        assert_eq!(printable("a\u{1b}[2Jb\u{202e}c"), "a\\u{1b}[2Jb\\u{202e}c");
        assert_eq!(printable("line\nline"), "line\\nline");
    }

    #[test]
    fn the_middle_of_a_long_url_is_left_out() {
        assert_eq!(
            elide("https://example.com/abcdefghijklmnop", 16),
            "https://ex…lmnop"
        );
        assert_eq!(elide("short", 16), "short");
    }

    proptest! {
        #[test]
        fn wrapped_lines_fit_and_nothing_but_spaces_is_lost(text in "[a-zä日 ]{0,120}", room in 4usize..40) {
            let lines = wrap(&text, room, room);
            for line in &lines {
                prop_assert!(line.width() <= room, "{line:?}");
            }
            let squeeze = |s: &str| s.replace(' ', "");
            prop_assert_eq!(squeeze(&lines.concat()), squeeze(&text));
        }
    }
}
