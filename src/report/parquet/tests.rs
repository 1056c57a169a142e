//! What is written is read back.

use super::*;
use crate::http::{Locator, Transport};
use crate::report::support;
use ::parquet::file::reader::{FileReader as _, SerializedFileReader};
use ::parquet::record::{Field, Row};
use serde_json::Value;

fn read(file: &[u8]) -> (Vec<Value>, SerializedFileReader<std::fs::File>) {
    let mut held = tempfile::tempfile().unwrap();
    held.write_all(file).unwrap();
    let reader = SerializedFileReader::new(held).unwrap();
    let rows = reader.get_row_iter(None).unwrap();
    let rows = rows.map(|row| object(&row.unwrap())).collect();
    (rows, reader)
}

fn object(row: &Row) -> Value {
    let members = row.get_column_iter();
    members
        .map(|(name, field)| (name.clone(), value(field)))
        .collect()
}

fn value(field: &Field) -> Value {
    match field {
        Field::Null => Value::Null,
        Field::Bool(value) => (*value).into(),
        Field::Int(value) => (*value).into(),
        Field::Long(value) => (*value).into(),
        Field::Double(value) => (*value).into(),
        Field::Str(value) => value.as_str().into(),
        Field::Group(row) => object(row),
        Field::ListInternal(list) => list.elements().iter().map(value).collect(),
        other => other.to_string().into(),
    }
}

fn findings(count: usize) -> Vec<u8> {
    let mut out = Vec::new();
    let mut sink = Findings::new(&mut out);
    for number in 0..count {
        let finding = if number % 2 == 0 {
            support::method_not_allowed()
        } else {
            support::origin_missing()
        };
        sink.finding(&finding).unwrap();
    }
    sink.finish(&[], &support::summary()).unwrap();
    out
}

#[test]
fn a_row_holds_the_members_of_its_line() {
    let (rows, reader) = read(&findings(2));
    let finding = serde_json::to_value(support::method_not_allowed()).unwrap();
    for name in [
        "rule",
        "severity",
        "codes",
        "url",
        "status",
        "cause",
        "fingerprint",
        "also_wrong",
        "caveats",
        "parameter",
    ] {
        assert_eq!(rows[0][name], finding[name], "{name}");
    }
    assert_eq!(rows[0]["preflight"]["entry"], 14);
    assert_eq!(rows[0]["evidence"][1]["value"], "GET, POST");
    assert_eq!(rows[0]["known"], false);
    assert_eq!(rows[1]["preflight"], Value::Null);
    assert_eq!(rows[1]["evidence"][1]["value"], Value::Null);
    assert_eq!(rows[1]["actual"]["response_frame"], 44);
    let metadata = reader
        .metadata()
        .file_metadata()
        .key_value_metadata()
        .unwrap();
    let meta = |key| {
        metadata
            .iter()
            .find(|pair| pair.key == key)
            .unwrap()
            .value
            .as_deref()
    };
    assert_eq!(meta("corsight.schema"), Some("1"));
    assert!(
        meta("corsight.summary")
            .unwrap()
            .contains("\"exchanges\":120")
    );
}

#[test]
fn every_member_of_a_line_has_a_column() {
    let columns = |schema: &str| {
        let schema = parquet::schema::parser::parse_message_type(schema).unwrap();
        let fields = schema.get_fields().iter();
        fields
            .map(|field| field.name().to_owned())
            .collect::<Vec<_>>()
    };
    let members =
        |value: Value| -> Vec<String> { value.as_object().unwrap().keys().cloned().collect() };
    let mut finding = support::method_not_allowed();
    finding.is_known = true;
    assert_eq!(
        columns(FINDING_SCHEMA),
        members(serde_json::to_value(finding).unwrap())
    );
    let exchange = extract::support::exchange();
    let row = extract::support::row(&exchange);
    let redactor = Redactor::closed();
    let line = serde_json::to_value(extract::ndjson::content(&row, &redactor)).unwrap();
    assert_eq!(columns(EXCHANGE_SCHEMA), members(line));
}

#[test]
fn no_finding_is_an_empty_table() {
    assert!(read(&findings(0)).0.is_empty());
}

#[test]
fn rows_leave_in_groups() {
    let mut out = Vec::new();
    let mut sink = Findings::new(&mut out);
    let long = Finding {
        cause: "x".repeat(crate::limits::PARQUET_GROUP_BYTES / 3),
        ..support::method_not_allowed()
    };
    for _ in 0..7 {
        sink.finding(&long).unwrap();
    }
    assert!(
        sink.table.held() < 2 * crate::limits::PARQUET_GROUP_BYTES,
        "what is written is not held"
    );
    sink.finish(&[], &support::summary()).unwrap();
    let (rows, reader) = read(&out);
    assert_eq!((rows.len(), reader.num_row_groups()), (7, 3));
}

#[test]
fn exchanges_keep_their_fields_in_order_and_hide_secrets() {
    let redactor = Redactor::closed();
    let mut out = Vec::new();
    let mut sink = Exchanges::new(&mut out, &redactor);
    let mut exchange = extract::support::exchange();
    if let Locator::Pcap { transport, .. } = &mut exchange.locator {
        *transport = Transport::Udp;
    }
    sink.exchange(&extract::support::row(&exchange)).unwrap();
    sink.finish(&Summary::default()).unwrap();
    let (rows, _) = read(&out);
    assert_eq!(rows[0]["response_headers"][1]["value"], "Accept");
    assert_eq!(rows[0]["locator"]["response_frame"], 14);
    assert_eq!(rows[0]["locator"]["transport"], "udp");
    assert_eq!(rows[0]["duration_ms"], 38.2);
    assert!(!rows[0].to_string().contains("SENTINEL"), "{}", rows[0]);
}
