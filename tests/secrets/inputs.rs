//! Inputs full of secrets, and running the program on them.

use assert_cmd::Command;
use std::fs;
use tempfile::TempDir;

/// What every secret of the input holds.
pub(crate) const SENTINEL: &str = "S3NT1NEL";

/// A blocked request with a secret in every corner where one has been seen in the wild.
pub(crate) fn har() -> String {
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
pub(crate) fn pcap() -> Vec<u8> {
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

pub(crate) struct Ran {
    pub(crate) text: String,
}

pub(crate) fn run(folder: &TempDir, args: &[&str]) -> Ran {
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

pub(crate) fn folder() -> TempDir {
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
