//! Places in a HAR where a secret was once missed.

use crate::inputs::{SENTINEL, run};
use serde_json::{Value, json};
use std::fs;
use tempfile::TempDir;

/// Places where a secret was once missed, one entry each: URLs, fields, bodies, and what browsers add to the format.
fn corners() -> Vec<Value> {
    let s = SENTINEL;
    let encoded = |text: &str, times: usize| {
        (0..times).fold(text.to_owned(), |text, _| {
            let bytes = text.bytes().map(|byte| match byte {
                b if b.is_ascii_alphanumeric() => char::from(b).to_string(),
                b => format!("%{b:02X}"),
            });
            bytes.collect()
        })
    };
    let token_json = json!({"password": s, "n": 1}).to_string();
    let urls = [
        format!("https://a.test/#access_token={s}&x=1"),
        format!("https://a.test/#/cb?code={s}"),
        format!("https://a.test/x;token={s};v=1/y"),
        format!("https://a.test/x?to%256ben={s}"),
        format!(
            "https://a.test/x?next={}",
            encoded(&format!("https://b.test/?token={s}"), 2)
        ),
        format!(
            "https://a.test/x?next={}",
            encoded(&format!("/cb?token={s}"), 1)
        ),
        format!("https://a.test/x?next=/cb?token={s}"),
        format!("https://a.test/x?filter={}", encoded(&token_json, 1)),
        format!("https://a.test/x?filter={}", encoded(&token_json, 3)),
        format!("https://a.test/x?user[password]={s}&user%5Btoken%5D={s}"),
        format!("https://a.test/proxy/https://u:{s}@b.test/"),
        format!("https://a.test/session/{s}12345/x"),
        format!("https://a.test/x?SAMLResponse={s}&RelayState={s}&oauth_verifier={s}"),
        format!("https://a.test/x?={s}Abc12DEF34ghi56JKL78"),
    ];
    let fields = [
        (
            "Authorization",
            format!("Digest username=\"{s}\", response=\"{s}\""),
        ),
        (
            "Authorization",
            format!("AWS4-HMAC-SHA256 Credential={s}/x, Signature={s}"),
        ),
        ("Authorization", format!("Bearer\t{s}")),
        ("Authentication-Info", format!("nextnonce=\"{s}\"")),
        ("Cookie", format!("p={{\"a\":\"{s}\",\"b\":\"{s};{s}\"}}")),
        ("Set-Cookie", format!("a=\"x;{s}\"; Path=/")),
        ("Set-Cookie", format!("a=1; Path=/, sid={s}; Path=/")),
        ("Host", format!("u:{s}@a.test")),
        (":authority", format!("u:{s}@a.test")),
        (":path", format!("/x?token={s}")),
        ("DPoP", s.to_owned()),
        ("CF-Access-Client-Id", s.to_owned()),
        ("X-Amzn-Oidc-Identity", s.to_owned()),
        ("X-Mashape-Key", s.to_owned()),
        ("X-Context", token_json.clone()),
        ("X-Context", encoded(&token_json, 1)),
        (
            "Content-Disposition",
            format!("attachment; filename=\"a-eyJhbGciOiJIUzI1NiJ9.e30.{s}.pdf\""),
        ),
        (
            "Sec-WebSocket-Protocol",
            format!("bearer, eyJhbGciOiJIUzI1NiJ9.e30.{s}"),
        ),
        ("Refresh", format!("0; url=https://a.test/?token={s}")),
    ];
    let nested = json!({"data": json!({"inner": token_json}).to_string()}).to_string();
    let part =
        |head: &str| format!("--X\r\nContent-Disposition: form-data; {head}\r\n\r\n{s}\r\n--X--");
    let bodies = [
        ("application/json", nested),
        (
            "application/json",
            format!("{{\"a\":1,\"token\":\"{s}\",\"x\":\"unfin"),
        ),
        (
            "application/json",
            json!([{"name": "password", "value": s}]).to_string(),
        ),
        (
            "application/json",
            json!({"query": format!("mutation {{ login(password: \"{s}\") }}")}).to_string(),
        ),
        (
            "application/x-www-form-urlencoded",
            format!("payload={}", encoded(&token_json, 1)),
        ),
        ("multipart/form-data; boundary=X", part("name=password")),
        (
            "multipart/form-data; boundary=X",
            part("filename=\"a\"; name=\"token\""),
        ),
        (
            "text/xml",
            format!("<x><wsse:Password Type=\"t\">{s}</wsse:Password><token a='b'>{s}</token></x>"),
        ),
        ("text/xml", format!("<login password=\"{s}\"/>")),
        (
            "text/html",
            format!("<meta content=\"{s}\" name=\"csrf-token\"><input name=csrf value=\"{s}\">"),
        ),
        (
            "text/javascript",
            format!("cb({{\"token\":\"{s}\"}}); let password=`{s}`"),
        ),
        ("text/plain", format!("token = {s}\nAPI_KEY={s}")),
        (
            "text/plain",
            format!("-----BEGIN PRIVATE KEY-----\n{s}\n{s}\n-----END PRIVATE KEY-----"),
        ),
    ];
    let blank = || {
        json!({"startedDateTime": "2026-11-20T10:00:00.100Z", "time": 5,
            "request": {"method": "POST", "url": "https://a.test/", "httpVersion": "h3", "headers": [{"name": "Origin", "value": "https://app.test"}], "queryString": [], "cookies": [], "headersSize": -1, "bodySize": 0},
            "response": {"status": 200, "statusText": "", "httpVersion": "h3", "headers": [], "cookies": [], "content": {"size": 0, "mimeType": "text/html"}, "redirectURL": "", "headersSize": -1, "bodySize": 0},
            "cache": {}, "timings": {"send": 1, "wait": 3, "receive": 1}})
    };
    let mut entries = Vec::new();
    for url in urls {
        let mut entry = blank();
        let query = url.split_once('?').map_or("", |(_, query)| query);
        let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
        entry["request"]["queryString"] = pairs
            .map(|(name, value)| json!({"name": name, "value": value}))
            .collect();
        entry["_initiator"] = json!({"type": "script", "stack": {"callFrames": [{"url": url}], "parent": {"callFrames": [{"url": url}]}}});
        entry["response"]["redirectURL"] = url.clone().into();
        entry["request"]["url"] = url.into();
        entries.push(entry);
    }
    for (name, value) in fields {
        let mut entry = blank();
        let field = json!({"name": name, "value": value});
        entry["request"]["headers"] =
            json!([{"name": "Origin", "value": "https://app.test"}, field]);
        entry["response"]["headers"] = json!([field]);
        entries.push(entry);
    }
    for (mime, text) in bodies {
        let mut entry = blank();
        entry["request"]["postData"] = json!({"mimeType": mime, "text": text});
        entry["response"]["content"] = json!({"mimeType": mime, "size": 1, "text": text});
        entry["_webSocketMessages"] =
            json!([{"type": "send", "time": 1, "opcode": 1, "data": text}]);
        entry["comment"] = format!("password: {s}").into();
        entry["_error"] = format!("failed https://a.test/?token={s}").into();
        entries.push(entry);
    }
    entries
}

#[test]
fn no_corner_of_a_har_keeps_its_secret() {
    let folder = TempDir::new().unwrap();
    for (number, entry) in corners().into_iter().enumerate() {
        let har = json!({"log": {"version": "1.2", "creator": {"name": "x", "version": "1"}, "pages": [], "entries": [entry]}});
        fs::write(folder.path().join("one.har"), har.to_string()).unwrap();
        for args in [
            &["redact", "one.har"][..],
            &["extract", "one.har", "--format", "ndjson"],
            &["one.har", "--format", "html"],
        ] {
            let text = run(&folder, args).text;
            assert!(!text.contains(SENTINEL), "{args:?} {number}: {text}");
        }
    }
}
