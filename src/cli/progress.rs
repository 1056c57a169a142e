//! The progress bar: bytes, rate and time left, on standard error, only when that is a terminal.

use super::args::Common;
use corsight::input::{Source, SourcePlace};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::io::{self, IsTerminal as _};
use std::{fmt, fs};

/// A bar, or nothing where nobody would see it.
pub(super) struct Progress {
    bar: ProgressBar,
}

impl Progress {
    /// For reading `sources`. `is_streaming` tells that output appears on the terminal while the bar would be drawn.
    pub(super) fn new(common: &Common, sources: &[Source], is_streaming: bool) -> Self {
        let is_wanted = !common.no_progress
            && !common.quiet
            && io::stderr().is_terminal()
            && (!is_streaming || !io::stdout().is_terminal());
        if !is_wanted {
            return Self {
                bar: ProgressBar::hidden(),
            };
        }
        let bar = match total(sources) {
            Some(total) => ProgressBar::new(total).with_style(style(
                "{msg}{bar:30} {bytes} of {total_bytes}  {bytes_per_sec}  {eta} left",
            )),
            None => ProgressBar::new_spinner()
                .with_style(style("{spinner} {msg}{bytes}  {bytes_per_sec}")),
        };
        if sources.len() > 1 {
            bar.set_message(format!("{} inputs  ", sources.len()));
        }
        bar.set_draw_target(ProgressDrawTarget::stderr_with_hz(10));
        Self { bar }
    }

    /// So many bytes were read in all.
    pub(super) fn at(&self, bytes: u64) {
        self.bar.set_position(bytes);
    }

    /// So many inputs of all are done.
    pub(super) fn file(&self, done: usize, all: usize) {
        self.bar.set_message(format!("{done} of {all} inputs  "));
    }

    /// Says that an input gave nothing, without tearing the bar.
    pub(super) fn complain(&self, error: &dyn fmt::Display) {
        self.bar.suspend(|| super::complain(error));
    }

    /// Takes the bar away.
    pub(super) fn finish(&self) {
        self.bar.finish_and_clear();
    }
}

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar())
}

/// Bytes of all inputs; `None` where one has no size, as a pipe.
fn total(sources: &[Source]) -> Option<u64> {
    sources
        .iter()
        .map(|source| match &source.place {
            SourcePlace::File(path) => fs::metadata(path)
                .ok()
                .filter(fs::Metadata::is_file)
                .map(|meta| meta.len()),
            _ => None,
        })
        .sum()
}
