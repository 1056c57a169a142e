//! Nothing secret leaves: every command and format runs over an input full of sentinel secrets, and none appears.
#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::print_stderr)]

use assert_cmd::Command;
use serde_json::{Value, json};
use std::fs;
use tempfile::TempDir;

/// What every secret of the input holds.
const SENTINEL: &str = "S3NT1NEL";

/// A blocked request with a secret in every corner where one has been seen in the wild.
fn har() -> String {
    let jwt = format!("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiI{SENTINEL}xIn0.sig{SENTINEL}");
    let url = format!(
        "https://user:{SENTINEL}@api.example/reset/{SENTINEL}a1b2c3d4e5?access_token={SENTINEL}&page=2&X-Amz-Signature={SENTINEL}&redirect_uri=https%3A%2F%2Fb.example%2F%3Fcode%3D{SENTINEL}#id_token={SENTINEL}"
    );
    let cookie = format!("sid={SENTINEL}; theme={SENTINEL}2");
    let set_cookie = format!("sid={SENTINEL}; Path=/; HttpOnly");
    let location =
        format!("https://me:{SENTINEL}@login.example/cb?code={SENTINEL}&state={SENTINEL}");
    let body = format!(
        "{{\\\"password\\\":\\\"{SENTINEL}\\\",\\\"n\\\":{{\\\"refreshToken\\\":\\\"{SENTINEL}\\\"}}}}"
    );
    let headers = |extra: &str| {
        format!(
            r#"[{extra}{{"name":"Cookie","value":"{cookie}"}},{{"name":"Authorization","value":"Bearer {jwt}"}},{{"name":"X-Api-Key","value":"{SENTINEL}"}},{{"name":"X-CSRFToken","value":"{SENTINEL}"}},{{"name":"Referer","value":"https://app.example/?session={SENTINEL}"}},{{"name":"X-Amz-Security-Token","value":"{SENTINEL}"}},{{"name":"X-Debug","value":"{jwt}"}},{{"name":"Proxy-Authorization","value":"Basic {SENTINEL}"}}]"#
        )
    };
    let answer = format!(
        r#"[{{"name":"Set-Cookie","value":"{set_cookie}"}},{{"name":"Location","value":"{location}"}},{{"name":"X-Auth-Token","value":"{SENTINEL}"}},{{"name":"Access-Control-Allow-Methods","value":"GET"}},{{"name":"Access-Control-Allow-Origin","value":"https://u:{SENTINEL}@app.example"}},{{"name":"WWW-Authenticate","value":"Negotiate {SENTINEL}"}}]"#
    );
    let entry = |method: &str, status: u16, kind: &str, headers: &str| {
        format!(
            r#"{{"startedDateTime":"2026-11-20T10:00:00.100Z","time":5,"_resourceType":"{kind}","_initiator":{{"type":"script","url":"{url}"}},
"request":{{"method":"{method}","url":"{url}","httpVersion":"HTTP/1.1","headers":{headers},"queryString":[{{"name":"access_token","value":"{SENTINEL}"}}],"cookies":[{{"name":"sid","value":"{SENTINEL}"}}],"headersSize":-1,"bodySize":10,"postData":{{"mimeType":"application/json","text":"{body}"}}}},
"response":{{"status":{status},"statusText":"","httpVersion":"HTTP/1.1","headers":{answer},"cookies":[{{"name":"sid","value":"{SENTINEL}"}}],"content":{{"size":20,"mimeType":"application/json","text":"{body}"}},"redirectURL":"{location}","headersSize":-1,"bodySize":20}},
"cache":{{}},"timings":{{"send":1,"wait":3,"receive":1}}}}"#
        )
    };
    let origin = r#"{"name":"Origin","value":"https://app.example"},"#;
    let preflight = format!(
        "{origin}{}",
        r#"{"name":"Access-Control-Request-Method","value":"PUT"},"#
    );
    let entries = [
        entry("OPTIONS", 204, "preflight", &headers(&preflight)),
        entry("PUT", 500, "fetch", &headers(origin)),
        entry("GET", 302, "fetch", &headers(origin)),
        entry("GET", 200, "xhr", &headers(origin)),
    ];
    format!(
        r#"{{"log":{{"version":"1.2","creator":{{"name":"WebInspector","version":"537.36"}},"pages":[{{"startedDateTime":"2026-11-20T10:00:00Z","id":"page_1","title":"https://app.example/?token={SENTINEL}","pageTimings":{{}}}}],"entries":[{}]}}}}"#,
        entries.join(",\n")
    )
}

/// The same in plain HTTP, as a capture: the request and its answer in one packet each.
fn pcap() -> Vec<u8> {
    let request = format!(
        "GET /x?token={SENTINEL} HTTP/1.1\r\nHost: api.example\r\nOrigin: http://app.example\r\nCookie: sid={SENTINEL}\r\nAuthorization: Basic {SENTINEL}\r\nUser-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36\r\n\r\n"
    );
    let answer = format!(
        "HTTP/1.1 200 OK\r\nSet-Cookie: sid={SENTINEL}\r\nX-Token: {SENTINEL}\r\nContent-Length: 0\r\n\r\n"
    );
    let mut file = Vec::new();
    file.extend(0xa1b2_c3d4_u32.to_le_bytes());
    file.extend([2, 0, 4, 0]);
    file.extend([0; 8]);
    file.extend(65_535_u32.to_le_bytes());
    // Raw IP.
    file.extend(101_u32.to_le_bytes());
    for (index, (from_client, seq, ack, flags, payload)) in [
        (true, 0_u32, 0_u32, 0x02_u8, ""),
        (false, 0, 1, 0x12, ""),
        (true, 1, 1, 0x18, request.as_str()),
        (
            false,
            1,
            1 + u32::try_from(request.len()).unwrap(),
            0x18,
            answer.as_str(),
        ),
    ]
    .into_iter()
    .enumerate()
    {
        let total = u16::try_from(40 + payload.len()).unwrap();
        let (client, server) = ([10, 0, 0, 1], [10, 0, 0, 2]);
        let mut packet = vec![0x45, 0];
        packet.extend(total.to_be_bytes());
        packet.extend([0, 0, 0x40, 0, 64, 6, 0, 0]);
        let (from, to) = if from_client {
            (client, server)
        } else {
            (server, client)
        };
        packet.extend(from);
        packet.extend(to);
        let (from, to) = if from_client {
            (50_000_u16, 80_u16)
        } else {
            (80, 50_000)
        };
        packet.extend(from.to_be_bytes());
        packet.extend(to.to_be_bytes());
        packet.extend(seq.to_be_bytes());
        packet.extend(ack.to_be_bytes());
        packet.extend([0x50, flags, 0xff, 0xff, 0, 0, 0, 0]);
        packet.extend(payload.as_bytes());
        let length = u32::try_from(packet.len()).unwrap();
        file.extend((1_700_000_000_u32 + u32::try_from(index).unwrap()).to_le_bytes());
        file.extend(0_u32.to_le_bytes());
        file.extend(length.to_le_bytes());
        file.extend(length.to_le_bytes());
        file.extend(packet);
    }
    file
}

struct Ran {
    text: String,
}

fn run(folder: &TempDir, args: &[&str]) -> Ran {
    let output = Command::cargo_bin("corsight")
        .unwrap()
        .current_dir(folder.path())
        .env_clear()
        .args(args)
        .output()
        .unwrap();
    let text = [output.stdout, output.stderr].concat();
    Ran {
        text: String::from_utf8_lossy(&text).into_owned(),
    }
}

fn folder() -> TempDir {
    let folder = TempDir::new().unwrap();
    let har = har();
    serde_json::from_str::<serde_json::Value>(&har).unwrap();
    fs::write(folder.path().join("a.har"), &har).unwrap();
    // Cut in the middle of a secret.
    let cut = har.rfind(SENTINEL).unwrap() + 6;
    fs::write(folder.path().join("cut.har"), &har[..cut]).unwrap();
    fs::write(folder.path().join("a.pcap"), pcap()).unwrap();
    let policy = "origins = [\"https://www.example\"]\nmethods = [\"PATCH\"]\n";
    fs::write(folder.path().join("cors.toml"), policy).unwrap();
    folder
}

#[test]
fn no_command_and_no_format_shows_a_secret() {
    let folder = folder();
    let mut runs: Vec<Vec<String>> = Vec::new();
    for input in ["a.har", "cut.har", "a.pcap"] {
        for format in corsight::report::Format::ALL {
            for flag in ["-v", "-q", "--color=always"] {
                runs.push(
                    [input, "--format", format.name(), flag]
                        .map(str::to_owned)
                        .to_vec(),
                );
            }
        }
        for format in ["table", "ndjson", "har"] {
            runs.push(
                ["extract", input, "--format", format]
                    .map(str::to_owned)
                    .to_vec(),
            );
        }
        runs.push(["redact", input].map(str::to_owned).to_vec());
        for extra in [
            &["--server", "nginx"][..],
            &["--redact-hosts", "-v"],
            &["--baseline", "open.json", "-v"],
        ] {
            runs.push(
                [&[input][..], extra]
                    .concat()
                    .iter()
                    .map(|arg| (*arg).to_owned())
                    .collect(),
            );
        }
        // Also against a report that was written with its secrets.
        for format in ["text", "json"] {
            for args in [["diff", "open.json", input], ["diff", input, "open.json"]] {
                let args = [&args[..], &["--format", format, "--min-severity", "note"]].concat();
                runs.push(args.iter().map(|arg| (*arg).to_owned()).collect());
            }
        }
        runs.push(["simulate", "--suggest", input].map(str::to_owned).to_vec());
        for format in ["text", "json", "ndjson"] {
            let args = ["simulate", "--policy", "cors.toml", input, "-v", "--format"];
            let args = args.into_iter().chain([format]).map(str::to_owned);
            runs.push(args.collect());
        }
    }
    for format in corsight::report::Format::ALL {
        let args = ["merge", "open.json", "--format", format.name()];
        runs.push(args.map(str::to_owned).to_vec());
    }
    let open = [
        "a.har",
        "--show-secrets",
        "--format",
        "json",
        "--output",
        "open.json",
    ];
    run(&folder, &open);
    assert!(
        fs::read_to_string(folder.path().join("open.json"))
            .unwrap()
            .contains(SENTINEL)
    );
    let mut leaks = Vec::new();
    for args in &runs {
        let args: Vec<&str> = args.iter().map(String::as_str).collect();
        let ran = run(&folder, &args);
        assert!(!ran.text.is_empty(), "{args:?}");
        // A cut sentinel is a secret too.
        if let Some(at) = ran.text.find(&SENTINEL[..6]) {
            let around: String = ran.text[..at].chars().rev().take(60).collect();
            let around: String = around.chars().rev().collect();
            leaks.push(format!("{args:?}: …{around}"));
        }
    }
    assert!(leaks.is_empty(), "{}", leaks.join("\n"));
}

#[test]
fn no_report_of_a_batch_shows_a_secret() {
    let folder = folder();
    for format in corsight::report::Format::ALL {
        let args = [
            "a.har",
            "a.pcap",
            "--output-dir",
            format.name(),
            "--format",
            format.name(),
        ];
        let ran = run(&folder, &args);
        assert!(ran.text.contains("total"), "{format}: {}", ran.text);
        let mut files = 0;
        for file in fs::read_dir(folder.path().join(format.name())).unwrap() {
            let path = file.unwrap().path();
            let text = fs::read(&path).unwrap();
            let text = String::from_utf8_lossy(&text);
            assert!(!text.contains(SENTINEL), "{}", path.display());
            files += 1;
        }
        assert_eq!(files, 3, "{format}");
    }
}

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

/// Parquet is compressed, so that its bytes say nothing: what a reader gets is looked at.
#[cfg(feature = "parquet")]
#[test]
fn no_table_holds_a_secret() {
    use parquet::file::reader::{FileReader as _, SerializedFileReader};
    let folder = folder();
    let open = [
        "a.har",
        "--show-secrets",
        "--format",
        "json",
        "-o",
        "open.json",
    ];
    run(&folder, &open);
    let inputs = ["a.har", "cut.har", "a.pcap"];
    let runs = inputs.map(|input| [["check", input], ["extract", input]]);
    for command in runs.concat().into_iter().chain([["merge", "open.json"]]) {
        let args = [&command[..], &["--format", "parquet", "-o", "t.parquet"]].concat();
        run(&folder, &args);
        let file = fs::File::open(folder.path().join("t.parquet")).unwrap();
        let reader = SerializedFileReader::new(file).unwrap();
        let rows: Vec<String> = reader
            .get_row_iter(None)
            .unwrap()
            .map(|row| row.unwrap().to_string())
            .collect();
        assert!(!rows.is_empty(), "{args:?}");
        let metadata = format!("{:?}", reader.metadata().file_metadata());
        let text = rows.concat() + &metadata;
        assert!(!text.contains(&SENTINEL[..6]), "{args:?}: {text}");
    }
}

#[test]
fn hidden_hosts_appear_in_no_format() {
    let folder = folder();
    // Browsers name exports after the page.
    fs::copy(
        folder.path().join("a.har"),
        folder.path().join("app.example.har"),
    )
    .unwrap();
    let mut runs: Vec<Vec<&str>> = Vec::new();
    for input in ["app.example.har", "a.pcap"] {
        for format in corsight::report::Format::ALL {
            runs.push(vec![input, "-v", "--format", format.name()]);
        }
        for format in ["table", "ndjson", "har"] {
            runs.push(vec!["extract", input, "--format", format]);
        }
        runs.push(vec![input, "--server", "express"]);
        runs.push(vec![
            "diff",
            "a.pcap",
            input,
            "--format",
            "json",
            "--min-severity",
            "note",
        ]);
        runs.push(vec!["diff", "a.pcap", input, "--min-severity", "note"]);
    }
    for mut args in runs {
        args.push("--redact-hosts");
        let text = run(&folder, &args).text;
        for host in ["api.example", "app.example", "login.example", "b.example"] {
            let goes_on = |c: char| c.is_alphanumeric() || c == '-' || c == '.';
            // `api.example.com` stands in the manual pages.
            let at = text.match_indices(host).map(|(at, _)| at).find(|at| {
                !text[..*at].ends_with(goes_on) && !text[at + host.len()..].starts_with(".com")
            });
            if let Some(at) = at {
                let around: String = text[at.saturating_sub(80)..].chars().take(160).collect();
                panic!("{args:?} shows {host}: {around}");
            }
        }
    }
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
