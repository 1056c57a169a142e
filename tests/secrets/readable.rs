//! What is no secret stays, and what is can be shown or told apart.

use crate::inputs::{SENTINEL, folder, run};
use serde_json::{Value, json};
use std::fs;
use tempfile::TempDir;

#[test]
fn what_is_no_secret_stays_byte_for_byte() {
    let folder = TempDir::new().unwrap();
    let fields = [
        ("Origin", "https://app.example:8443"),
        ("Host", "api.example:8080"),
        (
            "Access-Control-Request-Headers",
            "authorization,x-api-key,x-csrf-token",
        ),
        (
            "Access-Control-Allow-Headers",
            "Authorization, X-Api-Key, Cookie",
        ),
        ("Access-Control-Expose-Headers", "X-Auth-Token"),
        ("Access-Control-Allow-Credentials", "true"),
        ("Vary", "Origin, Cookie, Authorization"),
        (
            "WWW-Authenticate",
            "Bearer realm=\"api\", error=\"invalid_token\"",
        ),
        ("Timing-Allow-Origin", "*"),
        ("Sec-Fetch-Mode", "cors"),
        ("ETag", "W/\"53-dQC+grXCOVicSJ3z90MnCGnPIp0\""),
        ("Idempotency-Key", "7c1d1c1e-8a5b-4d0a-9e0a-1b2c3d4e5f60"),
        ("X-Request-Id", "2957c0e010d81526defa88be227740ea"),
        ("X-Cache-Key", "/users/7"),
        ("Keep-Alive", "timeout=5"),
        (
            "Content-Security-Policy",
            "default-src 'self'; img-src 'self' data:",
        ),
        ("Server-Timing", "cache;desc=\"Cache Read\";dur=23.2"),
        (
            "Location",
            "https://api.example/v2/users/7?page=2&sort=name",
        ),
    ];
    let headers: Vec<Value> = fields
        .iter()
        .map(|(name, value)| json!({"name": name, "value": value}))
        .collect();
    let body = json!({"author": "me", "keyboard": "de", "sessions_open": null, "url": "https://a.example/x?y=%7B%22a%22%3A1%7D", "list": [{"name": "colour", "value": "red"}]}).to_string();
    let entry = json!({"startedDateTime": "2026-11-20T10:00:00.100Z", "time": 5,
        "request": {"method": "GET", "url": "https://api.example/v2/users/7?page=2&sort=name&next=%2Fhome%3Ftab%3D1", "headers": headers},
        "response": {"status": 200, "headers": headers, "content": {"mimeType": "application/json", "text": body}}});
    let har = json!({"log": {"version": "1.2", "creator": {"name": "x", "version": "1"}, "entries": [entry]}}).to_string();
    fs::write(folder.path().join("one.har"), &har).unwrap();
    let cleaned = run(&folder, &["redact", "one.har", "-q"]).text;
    assert_eq!(cleaned, har);
}

#[test]
fn what_cors_is_about_stays_readable() {
    let folder = folder();
    let extracted = run(&folder, &["extract", "a.har", "--format", "ndjson"]).text;
    for readable in [
        r#"["Origin","https://app.example"]"#,
        r#"["Access-Control-Request-Method","PUT"]"#,
        r#"["Access-Control-Allow-Methods","GET"]"#,
        "page=2",
        "Path=/; HttpOnly",
    ] {
        assert!(extracted.contains(readable), "{readable}");
    }
}

#[test]
fn show_secrets_opens_them() {
    let folder = folder();
    let open = run(
        &folder,
        &["extract", "a.har", "--format", "ndjson", "--show-secrets"],
    )
    .text;
    assert!(open.contains(&format!("sid={SENTINEL}")));
}

#[test]
fn the_same_secret_has_the_same_number_in_every_exchange() {
    let folder = folder();
    let extracted = run(&folder, &["extract", "a.har", "--format", "ndjson"]).text;
    let sessions: Vec<&str> = extracted
        .lines()
        .filter_map(|line| line.split_once("sid=")?.1.split(';').next())
        .collect();
    assert!(sessions.len() >= 4);
    assert!(
        sessions.iter().all(|session| session == &sessions[0]),
        "{sessions:?}"
    );
}
