//! What is written is valid by the schema that is handed out. The validator knows the keywords that the schema uses.

use super::extract::ExchangeSink as _;
use super::{JSON_SCHEMA, Sink as _, extract, json, ndjson, support};
use crate::redact::Redactor;
use serde_json::Value;

fn errors(root: &Value, schema: &Value, value: &Value, path: &str) -> Vec<String> {
    let mut found = Vec::new();
    let fault = |what: &str| vec![format!("{path}: {what}")];
    for (keyword, rule) in schema.as_object().unwrap() {
        found.extend(match keyword.as_str() {
            "$ref" => {
                let name = rule.as_str().unwrap().trim_start_matches("#/$defs/");
                errors(root, &root["$defs"][name], value, path)
            }
            "oneOf" => {
                let options = rule.as_array().unwrap();
                let reports: Vec<_> = options
                    .iter()
                    .map(|option| errors(root, option, value, path))
                    .collect();
                match reports.iter().filter(|report| report.is_empty()).count() {
                    1 => Vec::new(),
                    0 => reports.concat(),
                    _ => fault("fits several alternatives"),
                }
            }
            "allOf" => rule
                .as_array()
                .unwrap()
                .iter()
                .flat_map(|part| errors(root, part, value, path))
                .collect(),
            "not" if errors(root, rule, value, path).is_empty() => fault("fits what it must not"),
            "type" if !has_type(rule, value) => fault(&format!("is not {rule}: {value}")),
            "const" if value != rule => fault(&format!("is not {rule}")),
            "enum" if !rule.as_array().unwrap().contains(value) => {
                fault(&format!("{value} is unknown"))
            }
            "required" if value.is_object() => rule
                .as_array()
                .unwrap()
                .iter()
                .filter(|name| value.get(name.as_str().unwrap()).is_none())
                .map(|name| format!("{path}: {name} is missing"))
                .collect(),
            "properties" if value.is_object() => rule
                .as_object()
                .unwrap()
                .iter()
                .filter_map(|(name, part)| Some((name, part, value.get(name)?)))
                .flat_map(|(name, part, member)| {
                    errors(root, part, member, &format!("{path}.{name}"))
                })
                .collect(),
            "items" if value.is_array() => value
                .as_array()
                .unwrap()
                .iter()
                .enumerate()
                .flat_map(|(index, item)| errors(root, rule, item, &format!("{path}[{index}]")))
                .collect(),
            "additionalProperties" if value.is_object() && schema.get("properties").is_none() => {
                value
                    .as_object()
                    .unwrap()
                    .iter()
                    .flat_map(|(name, member)| {
                        errors(root, rule, member, &format!("{path}.{name}"))
                    })
                    .collect()
            }
            "minimum" if value.as_i64() < rule.as_i64() && value.is_i64() => fault("is too small"),
            _ => Vec::new(),
        });
    }
    found
}

fn has_type(rule: &Value, value: &Value) -> bool {
    let is = |name: &Value| match name.as_str().unwrap() {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "null" => value.is_null(),
        other => panic!("unknown type {other}"),
    };
    match rule.as_array() {
        Some(names) => names.iter().any(is),
        None => is(rule),
    }
}

fn check(written: &[u8]) {
    let schema: Value = serde_json::from_str(JSON_SCHEMA).unwrap();
    let value: Value = serde_json::from_slice(written).unwrap();
    let errors = errors(&schema, &schema, &value, "$");
    assert!(errors.is_empty(), "{}\n{value:#}", errors.join("\n"));
}

#[test]
fn lines_and_document_fit_the_schema() {
    let findings = [
        support::method_not_allowed(),
        support::origin_missing(),
        support::origin_mismatch(),
    ];
    let (mut lines, mut document) = (Vec::new(), Vec::new());
    let mut ndjson = ndjson::Ndjson::new(&mut lines);
    let mut json = json::Json::new(&mut document);
    for finding in &findings {
        ndjson.finding(finding).unwrap();
        json.finding(finding).unwrap();
    }
    ndjson
        .finish(&[support::cause()], &support::summary())
        .unwrap();
    json.finish(&[support::cause()], &support::summary())
        .unwrap();
    check(&document);
    for line in lines
        .split(|byte| *byte == b'\n')
        .filter(|line| !line.is_empty())
    {
        check(line);
    }
}

#[test]
fn a_comparison_fits_the_schema() {
    let known = |findings: &[crate::finding::Finding]| {
        let mut known = super::known::Known::default();
        for finding in findings {
            known.finding(finding).unwrap();
        }
        known
    };
    let before = known(&[support::method_not_allowed(), support::origin_mismatch()]);
    let after = known(&[support::origin_missing(), support::origin_mismatch()]);
    let compared = super::compare::Comparison::new(
        &before,
        &after,
        crate::finding::Severity::Note,
        &Redactor::closed(),
    );
    let mut out = Vec::new();
    compared.write_json(&mut out).unwrap();
    check(&out);
}

#[test]
fn exchanges_fit_the_schema() {
    let redactor = Redactor::closed();
    let mut out = Vec::new();
    let mut lines = extract::ndjson::Lines::new(&mut out, &redactor);
    let whole = extract::support::exchange();
    lines.exchange(&extract::support::row(&whole)).unwrap();
    check(&out);
    let orphan = crate::http::Exchange {
        request: None,
        ..whole
    };
    let mut out = Vec::new();
    let mut lines = extract::ndjson::Lines::new(&mut out, &redactor);
    lines.exchange(&extract::support::row(&orphan)).unwrap();
    check(&out);
}

#[test]
#[should_panic(expected = "\"rule\" is missing")]
fn a_finding_without_rule_does_not_fit() {
    check(br#"{"schema":1,"type":"finding"}"#);
}

#[test]
fn simulations_fit_the_schema() {
    use super::simulation::{PolicyTitle, SimulationFormat, replay_sink};
    use crate::simulate::{Outcome, Problem, Replay, Tally};

    let problem = Problem::from(support::method_not_allowed());
    let replay = Replay {
        outcome: Outcome::StillFailing,
        not_judged: None,
        source: "a.har".to_owned(),
        time: Default::default(),
        origin: "https://app.test".to_owned(),
        method: "DELETE".to_owned(),
        url: "https://api.test/x".to_owned(),
        preflight: None,
        actual: Some(crate::http::Locator::Har { entry: 3 }),
        status: Default::default(),
        today: Some(problem.clone()),
        then: Some(problem),
        hidden: vec!["x-total".to_owned()],
        assumed: None,
    };
    let mut tally = Tally::default();
    tally.add(&replay);
    for format in [SimulationFormat::Json, SimulationFormat::Ndjson] {
        let mut out = Vec::new();
        let policy = PolicyTitle {
            file: "cors.toml".to_owned(),
            text: String::new(),
            warnings: vec!["x"],
        };
        let mut sink = replay_sink(format, policy, Box::new(&mut out), Default::default());
        sink.replay(&replay).unwrap();
        sink.finish(&tally, &support::summary()).unwrap();
        drop(sink);
        match format {
            SimulationFormat::Ndjson => out
                .split(|byte| *byte == b'\n')
                .filter(|line| !line.is_empty())
                .for_each(check),
            _ => check(&out),
        }
    }
}
