//! `explain --server`: what its user reads for every rule and every server.
#![allow(clippy::unwrap_used)]

use assert_cmd::Command;
use corsight::{causes, fixes, rules};

fn explain(args: &[&str]) -> String {
    let output = Command::cargo_bin("corsight")
        .unwrap()
        .env_clear()
        .arg("explain")
        .args(args)
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{args:?}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn every_server_has_a_place_to_paste_its_traps_and_whether_it_was_tried() {
    for platform in fixes::ALL {
        let page = explain(&["--server", platform.id, "--origin", "https://my.example"]);
        assert!(page.contains("── "), "{}", platform.id);
        assert!(page.contains("What to know"), "{}", platform.id);
        assert!(
            page.contains("note: Tried with a real server") || page.contains("note: Not tried"),
            "{}",
            platform.id
        );
        let is_proxy = platform.kind == fixes::Kind::DevProxy;
        assert!(
            is_proxy || page.replace('\\', "").contains("my.example"),
            "{}",
            platform.id
        );
    }
}

#[test]
fn every_rule_tells_its_part_of_the_recipe() {
    // A root cause of the same name is shown in the rule's place.
    let all = rules::ALL
        .iter()
        .filter(|rule| causes::find(rule.name).is_none());
    for rule in all {
        let page = explain(&[rule.name, "--server", "express"]);
        assert!(page.contains("app.use(cors("), "{}", rule.name);
        assert!(
            page.contains("For this rule") || page.contains("No header of CORS"),
            "{}",
            rule.name
        );
    }
}

#[test]
fn what_a_rule_is_about_stands_in_the_recipe_though_nobody_named_it() {
    let page = explain(&["expose-headers-missing", "--server", "koa"]);
    assert!(page.contains("exposeHeaders: ['x-total-count']") && page.contains("--expose"));
    let page = explain(&["preflight-method-not-allowed", "--server", "koa"]);
    assert!(page.contains("'DELETE'") && page.contains("--method"));
    let page = explain(&[
        "preflight-method-not-allowed",
        "--server",
        "koa",
        "--method",
        "PUT",
    ]);
    assert!(!page.contains("'DELETE'") && !page.contains("--method"));
}

#[test]
fn a_root_cause_leads_to_a_recipe_too() {
    let cause = causes::ALL.first().unwrap();
    assert!(explain(&[cause.name, "--server", "gin"]).contains("cors.Config{"));
}

#[test]
fn all_that_a_recipe_knows_can_be_given() {
    let page = explain(&[
        "--server",
        "nginx",
        "--origin",
        "https://my.example",
        "--method",
        "PUT,PURGE",
        "--header",
        "x-a,x-b",
        "--expose",
        "x-c",
        "--credentials",
        "--max-age",
        "1234",
        "--path",
        "/api/",
        "--upstream",
        "http://127.0.0.1:3000",
    ]);
    for part in [
        "PURGE",
        "x-a, x-b",
        "\"x-c\"",
        "Allow-Credentials",
        "\"1234\"",
        "location /api/",
        "proxy_pass http://127.0.0.1:3000;",
    ] {
        assert!(page.contains(part), "{part}");
    }
    let page = explain(&["--server", "vite", "--api", "https://api.my.example"]);
    assert!(page.contains("target: 'https://api.my.example'"));
}
