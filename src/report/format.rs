//! The formats by name, and how a report shall look. Which renderer a format has is decided here and nowhere else.

use super::{Links, Sink, csv, github, gitlab, html, json, junit, markdown, ndjson, sarif, text};
use std::fmt;
use std::io::Write;
use std::sync::Arc;

/// A format that findings are reported in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Format {
    /// For a terminal.
    Text,
    /// One JSON document.
    Json,
    /// One JSON object a line, written as findings are decided.
    Ndjson,
    /// For tickets and pull requests.
    Markdown,
    /// One page for a browser.
    Html,
    /// For code scanning.
    Sarif,
    /// For test reports of CI servers.
    Junit,
    /// For spreadsheets.
    Csv,
    /// GitLab's code quality report.
    Gitlab,
    /// GitHub Actions' annotations.
    Github,
    /// For DuckDB and its kin.
    #[cfg(feature = "parquet")]
    Parquet,
}

impl Format {
    /// All formats, in the order in which help lists them.
    pub const ALL: [Self; COUNT] = [
        Self::Text,
        Self::Json,
        Self::Ndjson,
        Self::Markdown,
        Self::Html,
        Self::Sarif,
        Self::Junit,
        Self::Csv,
        Self::Gitlab,
        Self::Github,
        #[cfg(feature = "parquet")]
        Self::Parquet,
    ];

    /// The name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Json => "json",
            Self::Ndjson => "ndjson",
            Self::Markdown => "markdown",
            Self::Html => "html",
            Self::Sarif => "sarif",
            Self::Junit => "junit",
            Self::Csv => "csv",
            Self::Gitlab => "gitlab",
            Self::Github => "github",
            #[cfg(feature = "parquet")]
            Self::Parquet => "parquet",
        }
    }

    /// What it is for, in a few words.
    pub fn summary(self) -> &'static str {
        match self {
            Self::Text => "for reading in a terminal",
            Self::Json => "one JSON document",
            Self::Ndjson => "one JSON object a line, written as findings are decided",
            Self::Markdown => "for tickets and pull requests",
            Self::Html => "one self-contained page for a browser",
            Self::Sarif => "SARIF 2.1.0, for code scanning",
            Self::Junit => "JUnit XML, for the test reports of CI servers",
            Self::Csv => "for spreadsheets, one finding a row",
            Self::Gitlab => "GitLab's code quality report",
            Self::Github => "annotations of GitHub Actions",
            #[cfg(feature = "parquet")]
            Self::Parquet => "for DuckDB and its kin, one finding a row",
        }
    }

    /// What files of it are called.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Text | Self::Github => "txt",
            Self::Json | Self::Gitlab => "json",
            Self::Ndjson => "ndjson",
            Self::Markdown => "md",
            Self::Html => "html",
            Self::Sarif => "sarif",
            Self::Junit => "xml",
            Self::Csv => "csv",
            #[cfg(feature = "parquet")]
            Self::Parquet => "parquet",
        }
    }

    /// Whether it is nothing for a terminal.
    pub fn is_binary(self) -> bool {
        match self {
            #[cfg(feature = "parquet")]
            Self::Parquet => true,
            _ => false,
        }
    }

    /// The format called `name`.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.name() == name)
    }
}

/// Formats of this build.
const COUNT: usize = 10 + cfg!(feature = "parquet") as usize;

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// How much the text report tells.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verbosity {
    /// The verdict line only.
    Quiet,
    /// Blocks for what matters, a line each for notes.
    #[default]
    Normal,
    /// Everything: full values, notes as blocks, every caveat's place.
    Verbose,
}

/// How a report for people shall look; machines' formats ignore it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Look {
    /// Columns.
    pub width: usize,
    /// Whether to write ANSI colours.
    pub color: bool,
    /// How much to tell.
    pub verbosity: Verbosity,
    /// Where words lead; `None`: no links are written.
    pub links: Option<Arc<Links>>,
}

impl Default for Look {
    fn default() -> Self {
        Self {
            width: 80,
            color: false,
            verbosity: Verbosity::Normal,
            links: None,
        }
    }
}

/// The renderer of `format`, writing to `out`.
pub fn sink<'w>(format: Format, out: Box<dyn Write + 'w>, look: Look) -> Box<dyn Sink + 'w> {
    match format {
        Format::Text => Box::new(text::Text::new(out, look)),
        Format::Json => Box::new(json::Json::new(out)),
        Format::Ndjson => Box::new(ndjson::Ndjson::new(out)),
        Format::Markdown => Box::new(markdown::Markdown::new(out)),
        Format::Html => Box::new(html::Html::new(out)),
        Format::Sarif => Box::new(sarif::Sarif::new(out)),
        Format::Junit => Box::new(junit::Junit::new(out)),
        Format::Csv => Box::new(csv::Csv::new(out)),
        Format::Gitlab => Box::new(gitlab::Gitlab::new(out)),
        Format::Github => Box::new(github::Github::new(out)),
        #[cfg(feature = "parquet")]
        Format::Parquet => Box::new(super::parquet::Findings::new(out)),
    }
}
