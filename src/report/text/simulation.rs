//! A policy's trial for a terminal: the counts, then what breaks, what still fails and what is mended, in groups.

use super::page::{Ink, Page};
use crate::finding::{Severity, Summary};
use crate::report::simulation::{PolicyTitle, ReplaySink};
use crate::report::words::{self, number};
use crate::report::{Look, Verbosity};
use crate::rules::route;
use crate::simulate::{Group, Outcome, Problem, Replay, Tally};
use std::io::{self, Write};

/// Groups of one outcome that are written out unless more is asked for.
const GROUPS: usize = 20;

/// The renderer. Replays are counted in the [`Tally`], so nothing is written before the end.
pub(crate) struct SimulationText<W> {
    page: Page<W>,
    policy: PolicyTitle,
}

impl<W: Write> SimulationText<W> {
    /// Writes to `out`.
    pub(crate) fn new(out: W, look: Look, policy: PolicyTitle) -> Self {
        Self {
            page: Page::new(out, look),
            policy,
        }
    }

    fn counts(&mut self, tally: &Tally) -> io::Result<()> {
        let widest = Outcome::ALL
            .into_iter()
            .map(|outcome| number(tally.count(outcome)).chars().count())
            .max()
            .unwrap_or(1);
        for outcome in Outcome::ALL {
            let count = tally.count(outcome);
            let is_rare = matches!(
                outcome,
                Outcome::Depends | Outcome::NewlyOpen | Outcome::NotJudged
            );
            if count == 0 && is_rare {
                continue;
            }
            let mut text = describe(outcome).to_owned();
            if outcome == Outcome::NotJudged {
                let reasons: Vec<String> = tally
                    .not_judged()
                    .map(|(reason, count)| format!("{} {}", number(count), reason.text()))
                    .collect();
                text = reasons.join(", ");
            }
            let name = title(outcome);
            let count_text = number(count);
            let ink = if count == 0 { Ink::Faint } else { ink(outcome) };
            self.page.ink(ink, &format!("  {name:<14}"))?;
            let padding = widest.saturating_sub(count_text.chars().count());
            self.page.spaces(padding)?;
            self.page.ink(ink, &count_text)?;
            self.page.spaces(3)?;
            self.page.wrapped(19 + widest, Ink::Faint, &text)?;
        }
        self.page.blank()
    }

    fn section(&mut self, tally: &Tally, outcome: Outcome) -> io::Result<()> {
        let groups = tally.groups(outcome);
        if groups.is_empty() {
            return Ok(());
        }
        self.page.ink(ink(outcome), title(outcome))?;
        self.page.blank()?;
        let shown = match self.page.look.verbosity {
            Verbosity::Verbose => groups.len(),
            _ => GROUPS,
        };
        for group in groups.iter().take(shown) {
            self.group(group)?;
        }
        let rest = groups.len().saturating_sub(shown);
        if rest > 0 {
            self.page
                .line(&format!("  and {rest} more groups; -v shows all"))?;
        }
        self.page.blank()
    }

    fn group(&mut self, group: &Group) -> io::Result<()> {
        let Group { first, count } = group;
        let times = format!("  {:>5}×  ", number(*count));
        self.page.ink(ink(first.outcome), &times)?;
        let head = format!(
            "{} {}{}",
            first.method,
            route::site(&first.url),
            route::template(&first.url)
        );
        self.page
            .wrapped(times.chars().count(), Ink::Strong, &head)?;
        self.page.row("from", Ink::Plain, &first.origin)?;
        let page = &mut self.page;
        match (&first.today, &first.then) {
            (Some(today), Some(then)) if today == then => {
                page.row("fails by", Ink::Plain, &named(today))?;
                page.row("", Ink::Faint, &today.cause)?;
                page.row("", Ink::Faint, beyond(first))?;
            }
            (today, then) => {
                if let Some(today) = today {
                    page.row("today", Ink::Plain, &named(today))?;
                }
                if let Some(then) = then
                    && first.outcome == Outcome::Depends
                {
                    let text = format!("passes, or fails by {}", named(then));
                    page.row("then", Ink::Plain, &text)?;
                    page.row("hangs on", Ink::Plain, &then.settles)?;
                } else if let Some(then) = then {
                    page.row("then", Ink::Plain, &named(then))?;
                    page.row("because", Ink::Plain, &then.cause)?;
                    page.row("browsers", Ink::Faint, &codes(then))?;
                }
            }
        }
        if let Some(assumed) = first.assumed {
            page.row("assumed", Ink::Faint, assumed)?;
        }
        page.row("example", Ink::Faint, &place(first))
    }

    fn hidden(&mut self, tally: &Tally) -> io::Result<()> {
        for (site, names) in tally.hidden() {
            self.page.line(&format!(
                "scripts could no longer read from {site}: {} (not in expose_headers)",
                names.join(", ")
            ))?;
        }
        Ok(())
    }
}

impl<W: Write> ReplaySink for SimulationText<W> {
    fn replay(&mut self, _replay: &Replay) -> io::Result<()> {
        Ok(())
    }

    fn finish(&mut self, tally: &Tally, summary: &Summary) -> io::Result<()> {
        let head = format!("{}: {}", self.policy.file, self.policy.text);
        if self.page.look.verbosity > Verbosity::Quiet {
            self.page.wrapped(0, Ink::Strong, &head)?;
            for warning in self.policy.warnings.clone() {
                self.page.wrapped(
                    0,
                    Ink::Of(Severity::Depends),
                    &format!("warning: {warning}"),
                )?;
            }
            self.page.blank()?;
        }
        self.counts(tally)?;
        if self.page.look.verbosity == Verbosity::Quiet {
            return self.page.flush();
        }
        for outcome in Outcome::ALL {
            self.section(tally, outcome)?;
        }
        self.hidden(tally)?;
        if tally.left_out() > 0 {
            self.page.line(&format!(
                "{} requests found no room in these groups; --format ndjson lists all",
                tally.left_out()
            ))?;
        }
        let not_seen = words::not_seen(summary);
        if !not_seen.is_empty() {
            self.page.line("not seen:")?;
            for what in not_seen {
                self.page.line(&format!("  {what}"))?;
            }
        }
        self.page.flush()
    }
}

fn title(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::NewlyBroken => "newly broken",
        Outcome::StillFailing => "still failing",
        Outcome::Depends => "depends",
        Outcome::NewlyOpen => "newly open",
        Outcome::Fixed => "fixed",
        Outcome::Unchanged => "unchanged",
        Outcome::NotJudged => "not judged",
    }
}

fn describe(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::NewlyBroken => "pass today, would fail",
        Outcome::StillFailing => "fail today, would still fail",
        Outcome::Depends => "on a fact that the recording does not show",
        Outcome::NewlyOpen => "to an origin that looks like a scanner's",
        Outcome::Fixed => "fail today, would pass",
        Outcome::Unchanged => "pass today, would still pass",
        Outcome::NotJudged => "",
    }
}

fn ink(outcome: Outcome) -> Ink {
    match outcome {
        Outcome::NewlyBroken | Outcome::StillFailing => Ink::Of(Severity::Blocked),
        Outcome::Depends | Outcome::NewlyOpen => Ink::Of(Severity::Depends),
        Outcome::Fixed => Ink::Right,
        Outcome::Unchanged | Outcome::NotJudged => Ink::Plain,
    }
}

/// `preflight-header-not-allowed (x-trace)`.
fn named(problem: &Problem) -> String {
    match &problem.parameter {
        Some(parameter) => format!("{} ({parameter})", problem.rule),
        None => problem.rule.to_owned(),
    }
}

fn codes(problem: &Problem) -> String {
    [
        problem.codes.chromium.map(|code| ("Chromium", code)),
        problem.codes.firefox.map(|code| ("Firefox", code)),
    ]
    .into_iter()
    .flatten()
    .map(|(browser, code)| format!("{browser} {code}"))
    .collect::<Vec<_>>()
    .join(" · ")
}

/// What to say where the same stands against a request, whatever the policy.
fn beyond(replay: &Replay) -> &'static str {
    match replay.outcome {
        Outcome::Depends => "whether the policy mends it hangs on the reason",
        _ => "no CORS policy can mend that",
    }
}

fn place(replay: &Replay) -> String {
    let locator = replay.actual.or(replay.preflight);
    let place = locator.map_or(String::new(), |locator| format!(", {locator}"));
    format!("{}{place}  {}", replay.source, replay.url)
}
