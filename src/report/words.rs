//! The words that several reports share.

use crate::finding::{Finding, Severity, Summary};

/// `preflight-method-not-allowed` → `Preflight method not allowed`.
pub(super) fn rule_title(rule: &str) -> String {
    let mut letters = rule.chars();
    let first = letters.next().map(|c| c.to_ascii_uppercase());
    first
        .into_iter()
        .chain(letters.map(|c| if c == '-' { ' ' } else { c }))
        .collect()
}

/// `DELETE https://api.example.com/users/7`.
pub(super) fn request(finding: &Finding) -> String {
    format!("{} {}", finding.method, finding.url)
        .trim()
        .to_owned()
}

/// One or two sentences: what happened, and what to change first.
pub(super) fn message(finding: &Finding) -> String {
    let mut text = format!("{}: {}", request(finding), finding.cause);
    if let Some(fix) = finding.fix.first() {
        if !text.ends_with(['.', '!', '?', ' ']) {
            text.push('.');
        }
        text.push_str(" Fix: ");
        text.push_str(&fix.text);
    }
    text
}

/// The verdict of a run in one line.
pub(super) fn verdict(summary: &Summary) -> String {
    let requests = plural(
        summary.cors_requests,
        "cross-origin request",
        "cross-origin requests",
    );
    let found: Vec<String> = [
        (Severity::Blocked, "blocked", "blocked"),
        (Severity::Depends, "may be blocked", "may be blocked"),
        (Severity::Risk, "risk", "risks"),
        (Severity::Note, "note", "notes"),
    ]
    .into_iter()
    .filter(|(severity, ..)| count(summary, *severity) > 0)
    .map(|(severity, one, many)| plural(count(summary, severity), one, many))
    .collect();
    let known = match summary.known {
        0 => String::new(),
        known => format!(", {} of them known", number(known)),
    };
    if failures(summary) > 0 {
        return format!("{} in {requests}{known}", found.join(", "));
    }
    let rest = if found.is_empty() {
        String::new()
    } else {
        format!(" ({}{known})", found.join(", "))
    };
    match (summary.cors_requests, summary.exchanges) {
        (0, 0) => format!("Nothing to judge: no HTTP exchange was found{rest}"),
        (0, exchanges) => format!(
            "Nothing to judge: no cross-origin request in {}{rest}",
            plural(exchanges, "exchange", "exchanges")
        ),
        (1, _) => format!("1 cross-origin request, allowed{rest}"),
        _ => format!("{requests}, all allowed{rest}"),
    }
}

/// Requests that are or may be blocked.
pub(super) fn failures(summary: &Summary) -> u64 {
    count(summary, Severity::Blocked) + count(summary, Severity::Depends)
}

/// Findings of a severity.
pub(super) fn count(summary: &Summary, severity: Severity) -> u64 {
    summary.findings.get(&severity).copied().unwrap_or(0)
}

/// `1 cause`, `12 causes`.
pub(super) fn plural(count: u64, one: &str, many: &str) -> String {
    format!("{} {}", number(count), if count == 1 { one } else { many })
}

/// With narrow spaces between thousands.
pub(super) fn number(count: u64) -> String {
    let digits = count.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) && digits.len() > 4 {
            text.push('\u{202f}');
        }
        text.push(digit);
    }
    text
}

/// What was not seen, a sentence each: inputs that failed, caveats, things passed over.
pub(super) fn not_seen(summary: &Summary) -> Vec<String> {
    let failed = summary
        .failed_inputs
        .iter()
        .map(|input| input.error.clone());
    let caveats = summary.caveats.iter().map(|(kind, count)| {
        let times = plural(*count, "time", "times");
        let place = summary
            .caveat_places
            .iter()
            .find(|place| place.kind == *kind);
        match place {
            None => format!("{kind}, {times}"),
            Some(place) => {
                let detail = if place.detail.is_empty() {
                    String::new()
                } else {
                    format!(": {}", place.detail)
                };
                format!(
                    "{kind}, {times}, first {}, {}{detail}",
                    place.source, place.place
                )
            }
        }
    });
    let skipped = summary
        .skipped
        .iter()
        .map(|(what, count)| format!("{}× {what}", number(*count)));
    let hints = summary.hints.iter().cloned();
    failed.chain(caveats).chain(skipped).chain(hints).collect()
}

/// The name that serde gives a variant without content.
pub(super) fn lower_name(variant: &impl serde::Serialize) -> String {
    match serde_json::to_value(variant) {
        Ok(serde_json::Value::String(name)) => name,
        _ => String::new(),
    }
}
/// In decimal units: `1.2 MB`.
pub(super) fn bytes(count: u64) -> String {
    const UNITS: [&str; 5] = ["bytes", "kB", "MB", "GB", "TB"];
    let mut value = count as f64;
    let mut units = UNITS.iter();
    let mut unit = units.next().copied().unwrap_or_default();
    for larger in units {
        if value < 1000.0 {
            break;
        }
        value /= 1000.0;
        unit = larger;
    }
    match unit {
        "bytes" => format!("{count} bytes"),
        _ => format!("{value:.1} {unit}"),
    }
}
