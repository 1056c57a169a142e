//! Reports of several runs, joined and written again.

use super::*;
use crate::finding::{Finding, Latency};
use crate::report::{Format, Look};
use crate::report::{json::Json, ndjson::Ndjson, support};
use std::time::Duration;

fn json(findings: &[Finding]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut sink = Json::new(&mut out);
    for finding in findings {
        sink.finding(finding).unwrap();
    }
    sink.finish(&[support::cause()], &support::summary())
        .unwrap();
    out
}

fn ndjson(findings: &[Finding]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut sink = Ndjson::new(&mut out);
    for finding in findings {
        sink.finding(finding).unwrap();
    }
    sink.finish(&[support::cause()], &support::summary())
        .unwrap();
    out
}

fn merged(reports: &[Vec<u8>]) -> Value {
    let mut merger = Merger::default();
    for report in reports {
        merger.add(report.as_slice()).unwrap();
    }
    let mut out = Vec::new();
    merger.write_json(&mut out).unwrap();
    serde_json::from_slice(&out).unwrap()
}

#[test]
fn equal_findings_are_counted_by_input_and_counts_add_up() {
    let here = support::method_not_allowed();
    let there = Finding {
        source: "other.har".into(),
        ..here.clone()
    };
    let merged = merged(&[
        json(&[here.clone(), support::origin_missing()]),
        ndjson(&[there.clone(), there]),
    ]);
    let findings = merged["findings"].as_array().unwrap();
    assert_eq!(findings.len(), 2);
    assert_eq!(findings[0]["count"], 3);
    assert_eq!(findings[0]["sources"]["other.har"], 2);
    assert_eq!(merged["summary"]["exchanges"], 240);
    assert_eq!(merged["summary"]["rules"]["allow-origin-missing"], 2);
    assert_eq!(merged["causes"][0]["failed"], 54);
    assert_eq!(merged["causes"].as_array().unwrap().len(), 1);
}

#[test]
fn waiting_times_of_all_runs_make_the_quantiles() {
    let report = |ms: u64| {
        let mut summary = support::summary();
        summary.preflight_time = Latency::default();
        for _ in 0..10 {
            summary.preflight_time.add(Duration::from_millis(ms));
        }
        let mut out = Vec::new();
        Json::new(&mut out).finish(&[], &summary).unwrap();
        out
    };
    let times = &merged(&[report(10), report(400)])["summary"]["preflight_time"];
    assert_eq!(
        (&times["count"], &times["total_us"]),
        (&20.into(), &4_100_000.into())
    );
    assert!(times["p50_ms"].as_f64() < Some(11.0) && times["p95_ms"].as_f64() > Some(350.0));
}

#[test]
fn a_merged_report_can_be_merged_again() {
    let once = merged(&[
        json(&[support::method_not_allowed()]),
        json(&[support::method_not_allowed()]),
    ]);
    let again = merged(&[once.to_string().into_bytes(), json(&[])]);
    assert_eq!(again["findings"][0]["count"], 2);
}

#[test]
fn what_is_no_report_is_refused() {
    let add = |text: &str| {
        Merger::default()
            .add(text.as_bytes())
            .unwrap_err()
            .to_string()
    };
    assert!(add("").starts_with("not a readable report"));
    assert!(add("{\"log\":{}}").starts_with("is no report"));
    assert!(add("{\"schema\":9}").starts_with("is a report of schema 9"));
}

fn written(reports: &[Vec<u8>], format: Format) -> String {
    let mut merger = Merger::default();
    for report in reports {
        merger.add(report.as_slice()).unwrap();
    }
    let mut out = Vec::new();
    let mut sink = crate::report::sink(format, Box::new(&mut out), Look::default());
    merger.write(sink.as_mut()).unwrap();
    drop(sink);
    String::from_utf8_lossy(&out).into_owned()
}

#[test]
fn every_format_counts_by_input() {
    let here = support::method_not_allowed();
    let there = Finding {
        source: "customer-b.har".into(),
        ..here.clone()
    };
    let reports = [json(&[here]), ndjson(&[there.clone(), there])];
    let text = written(&reports, Format::Text);
    assert!(
        text.contains("repeated   3× in a.har (1), customer-b.har (2)"),
        "{text}"
    );
    let csv = written(&reports, Format::Csv);
    let rows: Vec<&str> = csv.lines().skip(1).collect();
    assert!(
        rows[0].starts_with("a.har,") && rows[0].ends_with(",1"),
        "{csv}"
    );
    assert!(rows[1].starts_with("customer-b.har,") && rows[1].ends_with(",2"));
    for format in Format::ALL {
        let text = written(&reports, format);
        let is_told = format.is_binary() || text.contains("preflight-method-not-allowed");
        assert!(is_told, "{format}: {text}");
    }
}

#[test]
fn secrets_of_a_report_do_not_leave_it_again() {
    let mut open = support::method_not_allowed();
    open.url = "https://api.example.com/?access_token=SENTINEL".into();
    let mut report: Value = serde_json::from_slice(&json(&[open])).unwrap();
    report["findings"][0]["of_tomorrow"] =
        serde_json::json!({"url": "https://u:SENTINEL@a.example/"});
    let mut merger = Merger::default();
    merger.add(report.to_string().as_bytes()).unwrap();
    merger.clean(&Redactor::closed());
    let mut out = Vec::new();
    merger.write_json(&mut out).unwrap();
    let text = String::from_utf8(out).unwrap();
    assert!(
        !text.contains("SENTINEL") && text.contains("of_tomorrow"),
        "{text}"
    );
    assert!(text.contains("\"count\":1"));
}
