//! A hundred and more places for a secret, each with a secret of its own, so that a leak names its place.

use crate::inputs::run;
use serde_json::{Value, json};
use std::fs;
use tempfile::TempDir;

/// Where a secret was put.
enum Corner {
    /// The URL of a request, of its referrer, of its initiator and of a redirect.
    Url,
    /// A field of request and answer.
    Field(&'static str),
    /// The content of request and answer.
    Body(&'static str),
    /// The content of request and answer, in base64.
    Binary(&'static str),
    /// A WebSocket message, sent and received.
    Message,
    /// Members that are merged into the entry, as JSON.
    Entry,
}
use Corner::{Binary, Body, Entry, Field, Message, Url};

/// `{s}` stands for the secret, `«…»` for base64 of what follows.
#[rustfmt::skip]
const ATTACKS: &[(Corner, &str)] = &[
    // Signed URLs of clouds.
    (Url, "https://d1.cloudfront.test/v.mp4?Policy={s}&Expires=1&Key-Pair-Id={s}"),
    (Url, "https://a.blob.core.windows.test/c/x?sv=2024-11-04&se=2026-01-01&sr=b&sp=r&sig={s}%3D"),
    (Url, "https://storage.googleapis.test/b/o?GoogleAccessId={s}&Expires=1&Signature={s}"),
    (Url, "https://storage.googleapis.test/b/o?X-Goog-Credential={s}%2F20260101&X-Goog-Signature={s}"),
    (Url, "https://b.s3.amazonaws.test/o?AWSAccessKeyId={s}&Signature={s}&x-amz-security-token={s}"),
    (Url, "https://b.oss-cn.aliyuncs.test/o?OSSAccessKeyId={s}&security-token={s}&Signature={s}"),
    (Url, "https://cdn.test/x?hdnea=st=1~exp=2~acl=/*~hmac={s}"),
    (Url, "https://cdn.test/x?verify=1484063137-{s}"),
    (Url, "https://cdn.test/x?__token__={s}"),
    (Url, "https://api.test/x?sign={s}&timestamp=1"),
    (Url, "https://api.test/x?signed_request={s}.e30"),
    // Login flows.
    (Url, "https://api.test/x?oauth_nonce={s}&oauth_timestamp=1&oauth_consumer_key={s}"),
    (Url, "https://login.test/authorize?code_challenge={s}&nonce={s}&state={s}"),
    (Url, "https://app.test/__/auth/action?mode=signIn&oobCode={s}"),
    (Url, "https://app.test/login?ott={s}"),
    (Url, "https://app.test/login?mfa={s}"),
    (Url, "https://app.test/login?authcode={s}"),
    (Url, "https://app.test/login?magic={s}"),
    (Url, "https://app.test/login?invite={s}"),
    (Url, "https://app.test/login?login_hint={s}"),
    (Url, "https://login.test/device?user_code={s}&device_code={s}"),
    (Url, "https://login.test/saml?SAMLRequest={s}&SigAlg=x&RelayState={s}"),
    (Url, "https://login.test/wsfed?wa=wsignin1.0&wresult={s}&wctx={s}"),
    (Url, "https://app.test/login/magic/{s}"),
    (Url, "https://app.test/verify/{s}"),
    (Url, "https://app.test/token={s}/x"),
    (Url, "https://app.test/access_token/{s}/x"),
    (Url, "https://app.test/(S({s}))/page.aspx"),
    (Url, "https://app.test/x;osCsid={s}?a=1"),
    (Url, "https://app.test/x?osCsid={s}"),
    (Url, "https://app.test/x?CFID=1&CFTOKEN={s}"),
    // Webhooks.
    (Url, "https://hooks.slack.com/services/T00000000/B00000000/{s}"),
    (Url, "https://hooks.slack.com/workflows/T0/A0/1/{s}"),
    (Url, "https://discord.com/api/webhooks/1234567890/{s}"),
    (Url, "https://ptb.discordapp.com/api/v10/webhooks/1234567890/{s}/messages/1"),
    (Url, "https://corp.webhook.office.com/webhookb2/123e4567-e89b-12d3-a456-426614174000@123e4567-e89b-12d3-a456-426614174001/IncomingWebhook/{s}/123e4567-e89b-12d3-a456-426614174002"),
    (Url, "https://api.telegram.org/bot123456789:{s}/sendMessage"),
    (Url, "https://hooks.zapier.com/hooks/catch/1234567/{s}/"),
    (Url, "https://maker.ifttt.com/trigger/e/with/key/{s}"),
    (Url, "https://hook.eu1.make.com/{s}"),
    (Url, "https://chat.test/hooks/{s}"),
    (Url, "https://n8n.test/webhook/{s}"),
    (Url, "https://open.feishu.cn/open-apis/bot/v2/hook/{s}"),
    // Spellings that browsers accept.
    (Url, "https:\\\\u:{s}@app.test/x"),
    (Url, "https:/\\u:{s}@app.test/x"),
    (Url, "https:u:{s}@app.test/x"),
    (Url, "https:////u:{s}@app.test/x"),
    (Url, "\\\\u:{s}@app.test/x"),
    (Url, "https://u:{s}@[2001:db8::1]:8443/x"),
    (Url, "https://[2001:db8::1]/x?token={s}"),
    (Url, "https://app.test/x%3Ftoken%3D{s}"),
    (Url, "https://app.test/x?a=b%26token%3D{s}"),
    (Url, "https://app.test/x?token%3D{s}"),
    (Url, "https://app.test/x?q=Authorization%3A%20Basic%20{s}"),
    (Url, "https://app.test/x?q=Bearer+{s}"),
    (Url, "https://app.test/x?%74oken={s}"),
    (Url, "https://app.test/x?p=«password={s}&x=1»"),
    (Url, "https://app.test/x?p=«{\n  \"token\": \"{s}\"}»"),
    (Url, "https://app.test/x?url=«https://u:{s}@b.test/»"),
    (Url, "https://app.test/x?eyJhbGciOiJIUzI1NiJ9.e30.{s}=1"),
    (Url, "https://app.test/x#eyJhbGciOiJIUzI1NiJ9.e30.{s}"),
    (Url, "https://app.test/eyJhbGciOiJIUzI1NiJ9.e30.{s}/x"),
    (Url, "https://app.test/x#!/cb/token/{s}"),
    (Url, "https://app.test/x#/cb&access_token={s}"),
    (Url, "com.app.test:/oauth?code={s}"),
    (Url, "intent://x#Intent;scheme=a;S.token={s};end"),
    (Url, "view-source:https://app.test/?token={s}"),
    (Url, "filesystem:https://app.test/?token={s}"),
    (Url, "data:,pw={s}"),
    (Url, "javascript:fetch('/x?token={s}')"),
    (Url, "wss://app.test/socket?access_token={s}"),
    (Url, "https://app.test/users/{s}@corp.example/x"),
    (Url, "https://app.test/users/{s}%40corp.example/x"),
    (Url, "https://app.test/x?who={s}%40corp.example"),
    (Url, "mailto:{s}@corp.example"),
    (Url, "https://app.test/graphql?query=mutation(%24p%3AString!)%7Blogin(password%3A%24p)%7D&variables=%7B%22p%22%3A%22{s}%22%7D"),
    // Fields.
    (Field("User-Agent"), "Bot/1.0 (token={s})"),
    (Field("User-Agent"), "Bot/1.0 (+https://u:{s}@app.test/)"),
    (Field("User-Agent"), "Bot/1.0 (mailto:{s}@corp.example)"),
    (Field("From"), "Bot <{s}@corp.example>"),
    (Field("X-User-Email"), "{s}@corp.example"),
    (Field("Set-Cookie"), "a=1; Path=/app/token/{s}; Secure"),
    (Field("Set-Cookie"), "a=1; Path=/u/{s}@corp.example"),
    (Field("Sec-WebSocket-Protocol"), "base64url.bearer.authorization.k8s.io.{s}, v4.channel.k8s.io"),
    (Field("Sec-WebSocket-Protocol"), "access_token, {s}"),
    (Field("Sec-WebSocket-Protocol"), "graphql-ws, Bearer-{s}"),
    (Field("Link"), "<https://app.test/?token={s}>; rel=preload"),
    (Field("Content-Security-Policy"), "default-src 'self'; report-uri https://u:{s}@r.test/csp"),
    (Field("Report-To"), "{\"endpoints\":[{\"url\":\"https://r.test/?key={s}\"}]}"),
    (Field("Content-Location"), "/x?token={s}"),
    (Field("Location"), "//u:{s}@app.test/"),
    (Field("Location"), "/cb#access_token={s}"),
    (Field("Referer"), "https://app.test/reset/{s}"),
    (Field("Baggage"), "user=1,token={s}"),
    (Field("Forwarded"), "for=1.2.3.4;secret={s}"),
    (Field("Stripe-Signature"), "t=1,v1={s}"),
    (Field("X-Vault-Token"), "{s}"),
    (Field("X-WP-Nonce"), "{s}"),
    (Field("X-Pass"), "{s}"),
    (Field("X-ZUMO-AUTH"), "{s}"),
    (Field("X-2FA-Code"), "{s}"),
    (Field("X-Ticket"), "{s}"),
    (Field("X-Curl"), "curl -H 'Cookie: a=b; c={s}' -u me:{s} https://app.test/"),
    (Field("X-Dump"), "Authorization: Digest username=\"u\", response=\"{s}\""),
    (Field("X-Forwarded-User"), "{s}"),
    (Field("X-Identity-Assertion"), "{s}"),
    (Field("Content-Type"), "text/html; token={s}"),
    (Field("Cache-Control"), "private, token={s}"),
    (Field("Server-Timing"), "auth;desc=\"token={s}\""),
    (Field("X-Error"), "login failed for user bob with password '{s}'"),
    (Field("Origin"), "https://u:{s}@app.test"),
    (Field("Access-Control-Allow-Origin"), "https://u:{s}@app.test"),
    (Url, "https://app.test/x?redirect=https:%5C%5Cu:{s}@b.test"),
    (Url, "https://app.test/x?pwdhash={s}"),
    (Url, "https://app.test/auth/callback/{s}"),
    (Url, "https://app.test/users/me;auth={s}/x"),
    // Bodies.
    (Body("application/json"), "{\"dsn\":\"Server=db;User Id=sa;Password={s};\"}"),
    (Body("application/json"), "{\"env\":\"AWS_SECRET_ACCESS_KEY={s}\\nPATH=/bin\"}"),
    (Body("application/json"), "{\"otpauth\":\"otpauth://totp/x?secret={s}&issuer=y\"}"),
    (Body("application/json"), "{\"cookie_jar\":[[\"sid\",\"{s}\"]]}"),
    (Body("application/x-www-form-urlencoded"), "grant_type=authorization_code&code={s}&redirect_uri=x"),
    (Body("application/json"), "{\"grant_type\":\"authorization_code\",\"code\":\"{s}\"}"),
    (Body("application/x-www-form-urlencoded"), "login=x&pass={s}"),
    (Body("application/x-www-form-urlencoded"), "j_username=x&j_password={s}"),
    (Body("application/x-www-form-urlencoded"), "%7B%22password%22%3A%22{s}%22%7D="),
    (Body("application/json"), "{\"user\":\"x\",\"pass\":\"{s}\"}"),
    (Body("application/json"), "{\"value\":\"{s}\",\"name\":\"password\"}"),
    (Body("application/json"), "{\"type\":\"password\",\"value\":\"{s}\"}"),
    (Body("application/json"), "{\"a\":{\"eyJhbGciOiJIUzI1NiJ9.e30.{s}\":1}}"),
    (Body("application/json"), "{\"{s}@corp.example\":{\"n\":1}}"),
    (Body("application/json"), "{\"to\":[\"{s}@corp.example\"]}"),
    (Body("application/json"), "{\"tok\\u0065n\":\"{s}\"}"),
    (Body("application/json"), "{\"tokens\":[\"{s}\",[\"{s}\"]]}"),
    (Body("application/json"), "{\"query\":\"mutation($p:String!){login(password:$p){ok}}\",\"variables\":{\"p\":\"{s}\"}}"),
    (Body("application/json"), "{\"query\":\"mutation L($i:In!){login(credentials:$i){ok}}\",\"variables\":{\"i\":{\"u\":\"x\",\"w\":\"{s}\"}}}"),
    (Body("application/json"), "{\"data\":\"«{\"token\":\"{s}\"}»\"}"),
    (Body("application/json"), "{\"data\":\"«user=x&password={s}»\"}"),
    (Body("application/json"), "{\"log\":\"GET /x HTTP/1.1\\r\\nCookie: a=b; c={s}\\r\\nHost: x\"}"),
    (Body("application/x-ndjson"), "{\"a\":1}\n{\"token\":\"{s}\"}\n"),
    (Body("text/event-stream"), "event: x\ndata: {\"token\":\"{s}\"}\n\n"),
    (Body("multipart/form-data; boundary=X"), "--X\r\nContent-Disposition: form-data; name=\"json\"\r\nContent-Type: application/json\r\n\r\n{\"password\":\"{s}\"}\r\n--X--"),
    (Body("multipart/form-data; boundary=X"), "--X\r\nContent-Disposition: form-data; name=\"f\"; filename=\"{s}@corp.example.txt\"\r\n\r\n1\r\n--X--"),
    (Body("multipart/form-data; boundary=X"), "--X\r\nContent-Disposition: form-data; name=\"f\"\r\nContent-Transfer-Encoding: base64\r\n\r\n«{\"password\":\"{s}\"}»\r\n--X--"),
    (Body("multipart/mixed; boundary=X"), "--X\r\nContent-Type: application/http\r\n\r\nGET /x HTTP/1.1\r\nAuthorization: Basic {s}\r\nCookie: a=b; c={s}\r\n\r\n--X--"),
    (Body("text/xml"), "<x><password>two {s} words</password></x>"),
    (Body("text/xml"), "<password><![CDATA[{s}]]></password>"),
    (Body("text/xml"), "<item key=\"password\">{s}</item><param name=\"token\">{s}</param>"),
    (Body("text/xml"), "<key>password</key><string>{s}</string>"),
    (Body("text/xml"), "<saml:Assertion><ds:SignatureValue>{s}</ds:SignatureValue></saml:Assertion>"),
    (Body("text/html"), "<a href=\"/x?a=1&amp;token={s}\">x</a><div data-token=\"{s}\">"),
    (Body("text/html"), "<script>window.__TOKEN__ = \"{s}\"; var cfg = {apiKey: '{s}'}</script>"),
    (Body("text/html"), "<p>Write to {s}@corp.example</p>"),
    (Body("text/plain"), "password: correct horse {s}"),
    (Body("text/plain"), "password = \"correct horse {s}\""),
    (Body("text/plain"), "machine x login y password {s}"),
    (Body("text/plain"), "mongodb://u:{s}@db.test/x and postgres://u:{s}@db.test"),
    (Body("application/javascript"), "cb({password: \"correct {s}\"})"),
    (Body("application/json"), "[\"authenticate\",{\"jwt\":\"{s}\"}]"),
    (Binary("application/json"), "{\"token\":\"{s}\"}"),
    (Binary("application/msgpack"), "\u{81}\u{a5}token\u{a9}{s}"),
    (Binary("application/octet-stream"), "\u{80}\u{ff}password\u{0}{s}\u{80}"),
    // Messages of WebSockets.
    (Message, "AUTH {s}"),
    (Message, "auth me {s}"),
    (Message, "LOGIN me {s}"),
    (Message, "PASS {s}"),
    (Message, "AUTHENTICATE {s}"),
    (Message, "auth:{s}"),
    (Message, "token|{s}"),
    (Message, "42[\"auth\",\"{s}\"]"),
    (Message, "40{\"token\":\"{s}\"}"),
    (Message, "[\"AUTH\",\"{s}\"]"),
    (Message, "CONNECT\nlogin:me\npasscode:{s}\n\n\u{0}"),
    (Message, "CONNECT {\"auth_token\":\"{s}\"}"),
    (Message, "[\"1\",\"1\",\"room\",\"phx_join\",{\"token\":\"{s}\"}]"),
    (Message, "{\"type\":\"connection_init\",\"payload\":{\"Authorization\":\"Bearer {s}\"}}"),
    (Message, "{\"op\":\"auth\",\"args\":[\"{s}\"]}"),
    (Message, "{\"type\":\"auth\",\"data\":\"{s}\"}"),
    (Message, "«\u{10}\u{1f}MQTT password={s}»"),
    // What browsers and other programs add to the format.
    (Entry, "{\"_initiator\":{\"type\":\"script\",\"stack\":{\"callFrames\":[{\"functionName\":\"login(token={s})\",\"url\":\"https://app.test/a.js?token={s}\"}]}}}"),
    (Entry, "{\"_eventSourceMessages\":[{\"time\":1,\"eventName\":\"x\",\"eventId\":\"1\",\"data\":\"{\\\"token\\\":\\\"{s}\\\"}\"}]}"),
    (Entry, "{\"_console\":[{\"level\":\"log\",\"text\":\"logged in with token={s}\"}]}"),
    (Entry, "{\"_auth\":{\"username\":\"x\",\"password\":\"{s}\"}}"),
    (Entry, "{\"_auth\":[{\"key\":\"password\",\"value\":\"{s}\"}]}"),
    (Entry, "{\"_variables\":[{\"key\":\"password\",\"value\":\"{s}\"}]}"),
    (Entry, "{\"_raw\":\"GET / HTTP/1.1\\r\\nCookie: a=b; c={s}\\r\\nX-Api-Key: {s}\\r\\n\"}"),
    (Entry, "{\"_json\":\"{\\\"password\\\":\\\"correct horse {s}\\\"}\"}"),
    (Entry, "{\"_headers\":{\"Cookie\":\"a=b; c={s}\"}}"),
    (Entry, "{\"_request\":{\"headers\":{\"Authorization\":\"Basic {s}\",\"X-Api-Key\":\"{s}\"}}}"),
    (Entry, "{\"_request\":{\"headers\":[[\"Cookie\",\"a={s}\"],[\"Authorization\",\"Basic {s}\"]]}}"),
    (Entry, "{\"_request\":{\"cookies\":{\"sid\":\"{s}\"}}}"),
    (Entry, "{\"_request\":{\"cookies\":\"sid={s}; a={s}\"}}"),
    (Entry, "{\"_request\":{\"headers\":[{\"name\":\"Cookie\",\"value\":\"x\",\"_rawValue\":\"sid={s}\"}]}}"),
    (Entry, "{\"_request\":{\"queryString\":[{\"name\":\"eyJhbGciOiJIUzI1NiJ9.e30.{s}\",\"value\":\"\"}]}}"),
    (Entry, "{\"_request\":{\"postData\":{\"mimeType\":\"x\",\"params\":[{\"name\":\"code\",\"value\":\"{s}\"},{\"name\":\"f\",\"fileName\":\"{s}@corp.example\"}]}}}"),
    (Entry, "{\"_request\":{\"cookies\":[{\"name\":\"a\",\"value\":\"x\",\"path\":\"/token/{s}\"}]}}"),
    (Entry, "{\"comment\":\"password is: {s}\"}"),
    (Entry, "{\"_page\":{\"title\":\"Inbox - {s}@corp.example\"}}"),
    (Entry, "{\"_page\":{\"title\":\"Signed in, token={s}\"}}"),
    (Entry, "{\"response\":{\"status\":200,\"statusText\":\"token={s}\",\"headers\":[]}}"),
];

/// A secret that no rule about long random values can know.
fn secret(number: usize) -> String {
    format!("leak{number:03}qz")
}

/// The template filled in, and what must not appear: the secret, and the base64 that holds it.
fn fill(number: usize, template: &str) -> (String, Vec<String>) {
    let secret = secret(number);
    let text = template.replace("{s}", &secret);
    let parts = text
        .split_once('«')
        .and_then(|(before, rest)| Some((before, rest.split_once('»')?)));
    match parts {
        Some((before, (inner, after))) => {
            let encoded = base64(inner.as_bytes());
            let bare = encoded.trim_end_matches('=').to_owned();
            (format!("{before}{encoded}{after}"), vec![secret, bare])
        }
        None => (text, vec![secret]),
    }
}

fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for group in bytes.chunks(3) {
        let bits = (0..3).fold(0, |bits, at| {
            bits << 8 | usize::from(group.get(at).copied().unwrap_or(0))
        });
        for at in 0..4 {
            let letter = char::from(LETTERS[bits >> (18 - 6 * at) & 63]);
            text.push(if at > group.len() { '=' } else { letter });
        }
    }
    text
}

/// One entry with the secret in its corner, and what must not appear.
fn entry(number: usize, corner: &Corner, template: &str) -> (Value, Vec<String>) {
    let (text, mut needles) = fill(number, template);
    let field = |name: &str, value: &str| json!({"name": name, "value": value});
    let mut entry = json!({"startedDateTime": "2026-11-20T10:00:00.100Z", "time": 5,
        "request": {"method": "POST", "url": "https://api.test/", "httpVersion": "h2", "headers": [field("Origin", "https://app.test")], "queryString": [], "cookies": [], "headersSize": -1, "bodySize": 0},
        "response": {"status": 200, "statusText": "", "httpVersion": "h2", "headers": [], "cookies": [], "content": {"size": 0, "mimeType": "text/html"}, "redirectURL": "", "headersSize": -1, "bodySize": 0},
        "cache": {}, "timings": {"send": 1, "wait": 3, "receive": 1}});
    let origin = field("Origin", "https://app.test");
    match corner {
        Url => {
            entry["request"]["url"] = text.clone().into();
            entry["request"]["headers"] = json!([origin, field("Referer", &text)]);
            entry["response"]["headers"] = json!([field("Location", &text)]);
            entry["response"]["redirectURL"] = text.clone().into();
            entry["_initiator"] = json!({"type": "script", "url": text});
        }
        Field(name) => {
            entry["request"]["headers"] = json!([origin, field(name, &text)]);
            entry["response"]["headers"] = json!([field(name, &text)]);
        }
        Body(mime) => {
            entry["request"]["postData"] = json!({"mimeType": mime, "text": text});
            entry["response"]["content"] = json!({"mimeType": mime, "size": 1, "text": text});
        }
        Binary(mime) => {
            let bytes: Vec<u8> = text.chars().filter_map(|c| u8::try_from(c).ok()).collect();
            let encoded = base64(&bytes);
            needles.push(encoded.clone());
            entry["response"]["content"] =
                json!({"mimeType": mime, "size": 1, "text": encoded, "encoding": "base64"});
        }
        Message => {
            let send = json!({"type": "send", "time": 1, "opcode": 1, "data": text});
            let receive = json!({"type": "receive", "time": 1, "opcode": 1, "data": text});
            entry["_webSocketMessages"] = json!([send, receive]);
        }
        Entry => {
            let Value::Object(members) = serde_json::from_str(&text).unwrap() else {
                unreachable!("{text}")
            };
            for (name, value) in members {
                entry[name] = value;
            }
        }
    }
    (entry, needles)
}

#[test]
fn no_invention_of_an_attacker_gets_through() {
    let folder = TempDir::new().unwrap();
    let mut entries = Vec::new();
    let mut secrets = Vec::new();
    for (number, (corner, template)) in ATTACKS.iter().enumerate() {
        let (entry, needles) = entry(number, corner, template);
        entries.push(entry);
        secrets.push((template, needles));
    }
    let log = json!({"version": "1.2", "creator": {"name": "x", "version": "1"}, "pages": [], "entries": entries});
    let har = json!({"log": log}).to_string();
    for (template, needles) in &secrets {
        let escaped = |needle: &String| har.contains(needle);
        assert!(needles.iter().any(escaped), "not in the input: {template}");
    }
    fs::write(folder.path().join("all.har"), har).unwrap();
    let mut leaks = Vec::new();
    for args in [
        &["redact", "all.har"][..],
        &["extract", "all.har", "--format", "ndjson"],
        &["extract", "all.har", "--format", "har"],
        &["extract", "all.har", "--format", "table"],
        &["all.har", "--format", "html"],
        &["all.har", "--format", "ndjson"],
        &["all.har", "--format", "text", "-v"],
    ] {
        let text = run(&folder, args).text;
        for (number, (template, needles)) in secrets.iter().enumerate() {
            if let Some(at) = needles.iter().find_map(|needle| text.find(needle.as_str())) {
                let after: String = text[at..].chars().take(40).collect();
                let before: String = text[..at].chars().rev().take(90).collect();
                let before: String = before.chars().rev().collect();
                let around = format!("{before}{after}").replace('\n', " ");
                leaks.push(format!("{number} {template}\n    {}: {around}", args[0]));
            }
        }
    }
    assert!(
        leaks.is_empty(),
        "{} leaks:\n{}",
        leaks.len(),
        leaks.join("\n")
    );
}
