//! What holds for every recipe: complete, filled, harmless, nothing that was not asked for.

use super::*;

fn usual() -> Policy {
    Policy {
        origins: vec![
            "https://app.example.com".into(),
            "https://admin.example.com:8443".into(),
        ],
        methods: vec!["PUT".into(), "DELETE".into()],
        headers: vec!["X-Token".into(), "Content-Type".into()],
        expose: vec!["X-Total-Count".into()],
        credentials: true,
        max_age: 1200,
        path: "/v1/".into(),
        upstream: Some("http://127.0.0.1:3000".into()),
        api: Some("https://api.example.com".into()),
    }
}

fn text(platform: &Platform, policy: &Policy) -> String {
    platform
        .snippet(policy)
        .pieces
        .into_iter()
        .map(|piece| piece.text)
        .collect()
}

/// Configurations of a server say all of the policy; a development proxy forwards instead.
fn answers() -> impl Iterator<Item = &'static Platform> {
    ALL.iter()
        .filter(|platform| platform.kind != Kind::DevProxy)
}

#[test]
fn every_recipe_names_each_origin_method_and_field() {
    for platform in answers() {
        let text = text(platform, &usual());
        for value in [
            "app.example.com",
            "admin.example.com:8443",
            "PUT",
            "DELETE",
            "x-token",
            "x-total-count",
        ] {
            // Regular expressions escape the dots, Rack wants methods in lower case.
            let plain = text.replace("\\.", ".");
            let has = plain.contains(value)
                || (matches!(platform.id, "rails" | "sinatra")
                    && plain.contains(&value.to_lowercase()));
            assert!(has, "{} lacks {value}:\n{text}", platform.id);
        }
    }
}

#[test]
fn every_proxy_forwards_to_the_api() {
    for platform in ALL
        .iter()
        .filter(|platform| platform.kind == Kind::DevProxy)
    {
        let text = text(platform, &usual());
        assert!(
            text.contains("https://api.example.com") && text.contains("/v1"),
            "{}",
            platform.id
        );
    }
}

#[test]
fn every_mark_is_filled_for_every_kind_of_policy() {
    let any = Policy {
        origins: vec!["*".into()],
        credentials: false,
        expose: vec![],
        upstream: None,
        ..usual()
    };
    for policy in [usual(), any, Policy::default()] {
        for platform in ALL {
            let snippet = platform.snippet(&policy).to_string();
            assert!(!snippet.contains(['«', '»']), "{}:\n{snippet}", platform.id);
            assert!(snippet.len() > 40, "{}", platform.id);
        }
    }
}

#[test]
fn credentials_are_not_allowed_unless_asked_for() {
    let policy = Policy {
        credentials: false,
        ..usual()
    };
    for platform in ALL {
        let text = text(platform, &policy).to_lowercase();
        let allows = text.lines().any(|line| {
            line.contains("credentials")
                && line.contains("true")
                && !line.contains("remove")
                && !line.contains("unset")
        });
        assert!(!allows, "{}:\n{text}", platform.id);
        assert!(!text.contains("csrf_trusted"), "{}", platform.id);
    }
}

#[test]
fn hostile_values_never_appear() {
    let hostile = "\"'`};$(evil)<x>{{evil}}\\\n";
    let policy = Policy {
        origins: vec![
            format!("https://a{hostile}"),
            "https://app.example.com".into(),
            hostile.into(),
        ],
        methods: vec![hostile.into(), "PUT\nevil".into()],
        headers: vec![hostile.into(), "x'evil".into()],
        expose: vec!["x`evil".into()],
        path: format!("/{hostile}"),
        upstream: Some(format!("http://u/{hostile}")),
        api: Some(format!("http://u{hostile}")),
        ..usual()
    };
    let tame = Policy {
        expose: vec![],
        methods: vec![],
        headers: vec![],
        path: String::new(),
        upstream: None,
        api: None,
        origins: vec!["https://app.example.com".into()],
        ..usual()
    };
    for platform in ALL {
        assert_eq!(
            text(platform, &policy),
            text(platform, &tame),
            "{}",
            platform.id
        );
        let notes = platform.snippet(&policy).notes.join("\n");
        assert!(
            !notes.contains("$(") && !notes.contains("<x>") && notes.contains("left out"),
            "{}",
            platform.id
        );
    }
}

#[test]
fn any_origin_is_written_as_a_star_and_never_as_an_echo() {
    let any = Policy {
        origins: vec!["*".into()],
        credentials: false,
        ..usual()
    };
    for platform in answers() {
        let text = text(platform, &any);
        assert!(
            text.contains('*') || text.to_lowercase().contains("any"),
            "{}:\n{text}",
            platform.id
        );
        assert!(!text.contains("app.example.com"), "{}", platform.id);
    }
}

#[test]
fn every_manual_is_text_of_its_own() {
    for platform in ALL {
        let manual = platform.manual();
        assert!(manual.lines().count() >= 3, "{}", platform.id);
        assert!(!manual.contains("//!"), "{}", platform.id);
    }
}

#[test]
fn names_are_unique_and_found_in_any_case() {
    let mut names: Vec<_> = ALL.iter().flat_map(Platform::names).collect();
    let count = names.len();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), count);
    assert_eq!(find("NGINX").unwrap().id, "nginx");
    assert_eq!(find(" starlette ").unwrap().id, "fastapi");
}

#[test]
fn a_slip_of_the_pen_is_answered_with_the_nearest_name() {
    let near = |name| find(name).unwrap_err().nearest;
    assert_eq!(near("ngnix"), Some("nginx"));
    assert_eq!(near("expres"), Some("express"));
    assert_eq!(near("fast-api"), Some("fastapi"));
    assert_eq!(near("express5"), Some("express"));
    assert_eq!(near("zzzzzz"), None);
    assert_eq!(near(""), None);
    assert!(
        find("ngnix")
            .unwrap_err()
            .to_string()
            .ends_with("did you mean nginx?")
    );
}

/// What the recipe was tried with changes with every run of the proof.
fn without_versions(snippet: &Snippet) -> String {
    let text = snippet.to_string();
    let (text, tried) = text.split_once("note: Tried with").unwrap();
    assert_eq!(tried.lines().count(), 1);
    text.to_owned()
}

#[test]
fn nginx_reads_like_this() {
    let snippet = find("nginx").unwrap().snippet(&usual());
    insta::assert_snapshot!(without_versions(&snippet));
}

#[test]
fn express_reads_like_this() {
    let snippet = find("express").unwrap().snippet(&usual());
    insta::assert_snapshot!(without_versions(&snippet));
}

#[test]
fn fastapi_reads_like_this() {
    let snippet = find("fastapi").unwrap().snippet(&usual());
    insta::assert_snapshot!(without_versions(&snippet));
}
