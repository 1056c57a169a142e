//! The commands beside `check`.

use super::*;

#[test]
fn an_extracted_har_can_be_checked_again() {
    let folder = folder();
    run(
        &folder,
        &[
            "extract",
            "blocked.har",
            "--format",
            "har",
            "--output",
            "again.har",
        ],
    );
    let ran = run(
        &folder,
        &[
            "check",
            "again.har",
            "--format",
            "ndjson",
            "--fail-on",
            "depends",
        ],
    );
    assert!(ran.out.contains("\"preflights\":1"), "{}", ran.out);
}

#[test]
fn explain_knows_rules_codes_and_lines() {
    let folder = folder();
    let list = run(&folder, &["explain"]);
    assert_eq!(list.status, 0);
    assert!(list.out.contains("allow-origin-missing"));
    for what in [
        "allow-origin-missing",
        "kMissingAllowOriginHeader",
        "CORSMissingAllowOrigin2",
        "net::ERR_FAILED",
        "Access to fetch at 'https://a.example/' from origin 'https://b.example' has been blocked by CORS policy: No 'Access-Control-Allow-Origin' header is present on the requested resource.",
    ] {
        let page = run(&folder, &["explain", what]);
        assert_eq!(page.status, 0, "{what}");
        assert!(page.out.contains("allow-origin-missing"), "{what}");
    }
    let unquoted = run(
        &folder,
        &[
            "explain",
            "Origin",
            "https://b.example",
            "is",
            "not",
            "allowed",
            "by",
            "Access-Control-Allow-Origin.",
        ],
    );
    assert!(
        unquoted.out.contains("https://b.example"),
        "{}",
        unquoted.out
    );
    assert_eq!(run(&folder, &["explain", "nonsense"]).status, 2);
}

#[test]
fn explain_gives_a_servers_recipe_with_the_lines_values() {
    let folder = folder();
    let line = "Access to fetch at 'https://a.example/' from origin 'https://b.example' has been blocked by CORS policy: Method PUT is not allowed by Access-Control-Allow-Methods in preflight response.";
    let page = run(&folder, &["explain", line, "--server", "nginx"]);
    assert_eq!(page.status, 0, "{}", page.err);
    assert!(page.out.contains("add_header"), "{}", page.out);
    assert!(page.out.contains("https://b.example") && page.out.contains("PUT"));
    let unknown = run(&folder, &["explain", "--server", "nginks"]);
    assert_eq!(unknown.status, 2);
    assert!(unknown.err.contains("nginx"), "{}", unknown.err);
}

#[test]
fn redact_keeps_what_is_no_secret_byte_for_byte() {
    let folder = folder();
    let clean = run(&folder, &["redact", "blocked.har"]);
    assert_eq!((clean.status, clean.out.as_str()), (0, BLOCKED));
    assert_eq!(clean.err, "corsight: no secrets found\n");
    let junk = run(&folder, &["redact", "picture.png", "--output", "clean.har"]);
    assert_eq!(junk.status, 2);
    assert!(!folder.path().join("clean.har").exists());
}

#[test]
fn packagers_get_schema_completions_and_manual_pages() {
    let folder = folder();
    let schema = run(&folder, &["schema"]);
    serde_json::from_str::<serde_json::Value>(&schema.out).unwrap();
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        assert!(
            run(&folder, &["completions", shell])
                .out
                .contains("corsight"),
            "{shell}"
        );
    }
    assert!(run(&folder, &["man"]).out.contains(".TH"));
    assert!(
        run(&folder, &["man", "check"])
            .out
            .contains("corsight\\-check")
    );
    assert_eq!(run(&folder, &["man", "nonsense"]).status, 2);
}
