//! Replays → groups of the same fate, in bounded memory: what the report for a terminal shows.

use super::replay::{Outcome, Problem, Replay, Unjudged};
use crate::limits::REPORT_GROUPS;
use crate::rules::route;
use std::collections::{BTreeMap, BTreeSet};

/// Counts and groups of one run.
#[derive(Debug, Default)]
pub struct Tally {
    outcomes: BTreeMap<Outcome, u64>,
    not_judged: BTreeMap<Unjudged, u64>,
    groups: BTreeMap<Key, Group>,
    hidden: BTreeMap<String, BTreeSet<String>>,
    left_out: u64,
}

/// Replays that differ in nothing that a reader would act upon.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// The first of them.
    pub first: Replay,
    /// How many.
    pub count: u64,
}

/// Outcome; site, route template, method and origin; rule and parameter today and then.
type Key = (Outcome, [String; 4], Broken, Broken);

/// Rule and parameter.
type Broken = Option<(&'static str, Option<String>)>;

impl Tally {
    /// Counts a replay.
    pub fn add(&mut self, replay: &Replay) {
        *self.outcomes.entry(replay.outcome).or_default() += 1;
        if let Some(reason) = replay.not_judged {
            *self.not_judged.entry(reason).or_default() += 1;
        }
        if !replay.hidden.is_empty() {
            self.hide(replay);
        }
        if matches!(replay.outcome, Outcome::Unchanged | Outcome::NotJudged) {
            return;
        }
        let key = key(replay);
        if let Some(group) = self.groups.get_mut(&key) {
            group.count += 1;
        } else if self.groups.len() < REPORT_GROUPS {
            let first = replay.clone();
            self.groups.insert(key, Group { first, count: 1 });
        } else {
            self.left_out += 1;
        }
    }

    /// How many replays came out so.
    pub fn count(&self, outcome: Outcome) -> u64 {
        self.outcomes.get(&outcome).copied().unwrap_or(0)
    }

    /// Why transactions were not judged, with their number.
    pub fn not_judged(&self) -> impl Iterator<Item = (Unjudged, u64)> {
        self.not_judged
            .iter()
            .map(|(reason, count)| (*reason, *count))
    }

    /// The groups of one outcome, largest first.
    pub fn groups(&self, outcome: Outcome) -> Vec<&Group> {
        let mut groups: Vec<&Group> = self
            .groups
            .iter()
            .filter(|((own, ..), _)| *own == outcome)
            .map(|(_, group)| group)
            .collect();
        groups.sort_by_key(|group| std::cmp::Reverse(group.count));
        groups
    }

    /// Response headers that pages can read today and could not read then, by host.
    pub fn hidden(&self) -> impl Iterator<Item = (&str, Vec<&str>)> {
        self.hidden
            .iter()
            .map(|(site, names)| (site.as_str(), names.iter().map(String::as_str).collect()))
    }

    /// Replays that found no room in a group.
    pub fn left_out(&self) -> u64 {
        self.left_out
    }

    /// Whether something speaks against deploying the policy.
    pub fn is_bad(&self) -> bool {
        Outcome::ALL
            .into_iter()
            .any(|outcome| outcome.is_bad() && self.count(outcome) > 0)
    }

    fn hide(&mut self, replay: &Replay) {
        let site = route::site(&replay.url);
        if self.hidden.len() < REPORT_GROUPS || self.hidden.contains_key(&site) {
            let names = self.hidden.entry(site).or_default();
            names.extend(replay.hidden.iter().take(NAMES).cloned());
            while names.len() > NAMES {
                names.pop_last();
            }
        }
    }
}

/// Names of headers told for one host.
const NAMES: usize = 64;

fn key(replay: &Replay) -> Key {
    let broken = |problem: &Option<Problem>| {
        problem
            .as_ref()
            .map(|problem| (problem.rule, problem.parameter.clone()))
    };
    (
        replay.outcome,
        [
            route::site(&replay.url),
            route::template(&replay.url),
            replay.method.clone(),
            replay.origin.clone(),
        ],
        broken(&replay.today),
        broken(&replay.then),
    )
}
