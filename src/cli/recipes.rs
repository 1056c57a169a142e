//! `--server`: after the text report, what to paste into that server, with this run's values; one text for each API.

use corsight::finding::{Cause, Finding, Severity, Summary};
use corsight::fixes::{Platform, Policy};
use corsight::limits::REPORT_GROUPS;
use corsight::report::Sink;
use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};

/// Collects what must be allowed, and writes it at the end.
pub(super) struct Recipes<W> {
    out: W,
    platform: &'static Platform,
    /// API → one finding of each fingerprint.
    apis: BTreeMap<String, Vec<Finding>>,
    seen: BTreeSet<String>,
}

impl<W: Write> Recipes<W> {
    /// For `platform`, written to `out` behind whatever stands there by then.
    pub(super) fn new(out: W, platform: &'static Platform) -> Self {
        Self {
            out,
            platform,
            apis: BTreeMap::new(),
            seen: BTreeSet::new(),
        }
    }
}

impl<W: Write> Sink for Recipes<W> {
    fn finding(&mut self, finding: &Finding) -> io::Result<()> {
        if finding.severity < Severity::Depends
            || finding.is_known
            || finding.fix.is_empty()
            || self.seen.contains(&finding.fingerprint)
            || self.seen.len() >= REPORT_GROUPS
        {
            return Ok(());
        }
        self.seen.insert(finding.fingerprint.clone());
        self.apis
            .entry(api(&finding.url).to_owned())
            .or_default()
            .push(finding.clone());
        Ok(())
    }

    fn finish(&mut self, _: &[Cause], _: &Summary) -> io::Result<()> {
        let title = self.platform.title;
        for (api, findings) in &self.apis {
            let mut rules: Vec<&str> = findings.iter().map(|finding| finding.rule).collect();
            rules.sort_unstable();
            rules.dedup();
            writeln!(
                self.out,
                "\n{title} for {}: {}\n",
                printable(api),
                rules.join(", ")
            )?;
            write!(
                self.out,
                "{}",
                self.platform.snippet(&Policy::from_findings(findings))
            )?;
        }
        self.out.flush()
    }
}

/// Scheme and authority.
fn api(url: &str) -> &str {
    let start = url.find("://").map_or(0, |at| at + 3);
    let end = url
        .get(start..)
        .and_then(|rest| rest.find(['/', '?', '#']))
        .map_or(url.len(), |at| start + at);
    url.get(..end).unwrap_or(url)
}

fn printable(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_api_is_scheme_and_authority() {
        assert_eq!(api("https://a.example:8443/x?y"), "https://a.example:8443");
        assert_eq!(api("https://a.example"), "https://a.example");
        assert_eq!(api("/x"), "");
    }
}
