//! Equal findings as one: 400 requests that fail for the same reason are one block with a count and a few examples.

use crate::finding::{Cause, ExchangeRef, Finding, Severity};
use crate::limits::{GROUP_EXAMPLES, REPORT_GROUPS};
use crate::time::Timestamp;
use std::collections::{BTreeMap, HashMap};

/// Findings with one fingerprint.
#[derive(Debug, Clone)]
pub struct Group {
    /// The first of them, with its evidence.
    pub first: Finding,
    /// How many there are.
    pub count: u64,
    /// How many in each input.
    pub sources: BTreeMap<String, u64>,
    /// The next few of them.
    pub examples: Vec<Example>,
    /// When the last began.
    pub last: Timestamp,
    /// Number (from 1) of the root cause that explains it.
    pub cause: Option<usize>,
    /// How many groups began before it.
    pub number: usize,
}

/// Where another finding of a group stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Example {
    /// The input.
    pub source: String,
    /// The actual request's URL.
    pub url: String,
    /// When it began.
    pub time: Timestamp,
    /// Its preflight.
    pub preflight: Option<ExchangeRef>,
    /// Its actual request.
    pub actual: Option<ExchangeRef>,
}

/// Collects findings into groups.
#[derive(Debug)]
pub struct Groups {
    groups: Vec<Group>,
    room: usize,
    index: HashMap<(Severity, &'static str, String), usize>,
    /// Findings that came after all groups were full and belong to none of them.
    beyond: u64,
}

impl Default for Groups {
    fn default() -> Self {
        Self::with_room(REPORT_GROUPS)
    }
}

impl Groups {
    /// Keeps up to `room` groups.
    pub fn with_room(room: usize) -> Self {
        Self {
            groups: Vec::new(),
            room,
            index: HashMap::new(),
            beyond: 0,
        }
    }

    /// Adds one finding. Gives the group if it began with this one.
    pub fn add(&mut self, finding: &Finding) -> Option<&mut Group> {
        let key = (finding.severity, finding.rule, finding.fingerprint.clone());
        match self.index.get(&key) {
            Some(at) => {
                if let Some(group) = self.groups.get_mut(*at) {
                    group.add(finding);
                }
                None
            }
            None if self.groups.len() < self.room => {
                let number = self.groups.len();
                self.index.insert(key, number);
                self.groups.push(Group::new(finding, number));
                self.groups.last_mut()
            }
            None => {
                self.beyond += 1;
                None
            }
        }
    }

    /// Adds a finding that stands for several.
    pub fn join(&mut self, finding: &Finding, sources: &BTreeMap<String, u64>) {
        let count: u64 = sources.values().fold(0, |sum, n| sum.saturating_add(*n));
        let key = (finding.severity, finding.rule, finding.fingerprint.clone());
        if self.groups.len() >= self.room && !self.index.contains_key(&key) {
            self.beyond = self.beyond.saturating_add(count);
            return;
        }
        let at = *self.index.entry(key).or_insert(self.groups.len());
        if at == self.groups.len() {
            self.groups.push(Group::new(finding, at));
        }
        if let Some(group) = self.groups.get_mut(at) {
            group.count = count;
            group.sources.clone_from(sources);
        }
    }

    /// The groups, worst and most frequent first, and the number of findings that found no room.
    pub fn finish(self, causes: &[Cause]) -> (Vec<Group>, u64) {
        let mut explained = HashMap::new();
        for (index, cause) in causes.iter().enumerate() {
            for fingerprint in &cause.explains {
                explained.entry(fingerprint.as_str()).or_insert(index + 1);
            }
        }
        let mut groups = self.groups;
        for group in &mut groups {
            group.cause = explained.get(group.first.fingerprint.as_str()).copied();
        }
        groups.sort_by(|a, b| {
            (b.first.severity, b.count)
                .cmp(&(a.first.severity, a.count))
                .then(a.first.time.cmp(&b.first.time))
        });
        (groups, self.beyond)
    }
}

/// How many of the failed requests each cause explains: no request is counted twice, and notes are no failures.
pub fn explained(groups: &[Group], beyond: u64, causes: &[Cause]) -> Vec<u64> {
    // Where groups are missing the causes' own counts are the better guess.
    if beyond > 0 {
        return causes.iter().map(|cause| cause.failed).collect();
    }
    let mut counts = vec![0u64; causes.len()];
    for group in groups {
        let own = group.cause.and_then(|number| counts.get_mut(number - 1));
        if let Some(own) = own.filter(|_| group.first.severity >= Severity::Depends) {
            *own = own.saturating_add(group.count);
        }
    }
    counts
}

impl Group {
    fn new(finding: &Finding, number: usize) -> Self {
        Self {
            number,
            first: finding.clone(),
            count: 1,
            sources: BTreeMap::from([(finding.source.clone(), 1)]),
            examples: Vec::new(),
            last: finding.time,
            cause: None,
        }
    }

    fn add(&mut self, finding: &Finding) {
        self.count += 1;
        self.last = self.last.max(finding.time);
        match self.sources.get_mut(&finding.source) {
            Some(count) => *count += 1,
            None => {
                self.sources.insert(finding.source.clone(), 1);
            }
        }
        if self.examples.len() < GROUP_EXAMPLES {
            self.examples.push(Example {
                source: finding.source.clone(),
                url: finding.url.clone(),
                time: finding.time,
                preflight: finding.preflight,
                actual: finding.actual,
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::support;

    #[test]
    fn four_hundred_equal_findings_are_one_group_with_few_examples() {
        let mut groups = Groups::default();
        for _ in 0..400 {
            groups.add(&support::method_not_allowed());
        }
        groups.add(&support::origin_missing());
        let (groups, beyond) = groups.finish(&[]);
        assert_eq!(beyond, 0);
        assert_eq!(groups.iter().map(|g| g.count).collect::<Vec<_>>(), [400, 1]);
        assert_eq!(groups[0].examples.len(), GROUP_EXAMPLES);
    }

    #[test]
    fn the_worst_comes_first() {
        let mut groups = Groups::default();
        groups.add(&Finding {
            severity: Severity::Note,
            ..support::method_not_allowed()
        });
        groups.add(&support::origin_missing());
        let (groups, _) = groups.finish(&[]);
        assert_eq!(groups[0].first.severity, Severity::Blocked);
    }
}
