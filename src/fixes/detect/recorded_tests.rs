//! Detection held to the heads that real servers sent: `tests/recipes/heads`, written by the proof of the recipes.

use super::*;
use std::fs;
use std::path::Path;

/// Set-up, what all of its answers together are taken for, and what single ones may be. `-` is nothing.
///
/// Nothing tells most proxies that send no `Server`, and frameworks that leave no word of their own.
const EXPECTED: &[(&str, &str, &[&str])] = &[
    ("actix", "actix", &[]),
    ("aiohttp", "aiohttp", &[]),
    ("apache", "apache", &[]),
    ("axum", "-", &[]),
    ("caddy", "caddy", &[]),
    // A copy of rs/cors, with the same answers.
    ("chi", "go-rs-cors", &[]),
    ("cloudflare-workers", "-", &[]),
    ("django", "django", &[]),
    ("echo", "-", &[]),
    ("envoy", "envoy", &[]),
    ("express-4", "express", &[]),
    ("express-5", "express", &[]),
    ("fastapi", "fastapi", &[]),
    ("fastify", "fastify", &[]),
    ("flask", "flask", &[]),
    ("gin", "gin", &[]),
    ("go-rs-cors", "go-rs-cors", &[]),
    ("haproxy", "haproxy", &[]),
    ("hono", "hono", &[]),
    ("ingress-nginx", "nginx", &[]),
    ("koa", "-", &[]),
    ("laravel", "php", &[]),
    ("lighttpd", "lighttpd", &[]),
    ("nestjs-express", "nestjs", &["express"]),
    ("nestjs-fastify", "nestjs", &[]),
    ("nextjs", "nextjs", &[]),
    ("nginx", "nginx", &[]),
    ("php", "php", &[]),
    ("rails", "rails", &[]),
    ("rocket", "rocket", &[]),
    ("sinatra", "-", &[]),
    // Its container answers what no controller does.
    ("spring-mvc", "spring", &["tomcat"]),
    ("symfony", "php", &[]),
    ("tomcat", "tomcat", &[]),
    ("tornado", "tornado", &[]),
    ("traefik", "-", &[]),
    ("varnish", "varnish", &[]),
    ("warp", "-", &[]),
];

struct Recorded {
    title: String,
    status: u16,
    is_preflight: bool,
    fields: Fields,
    body: String,
}

fn recorded(text: &str) -> Vec<Recorded> {
    let mut all = Vec::new();
    for block in text.split("\n\n") {
        let mut lines = block
            .lines()
            .filter(|line| !line.is_empty() && !line.starts_with("# "));
        let Some((title, status)) = lines.next().and_then(|line| line.rsplit_once(": ")) else {
            continue;
        };
        let (body, fields): (Vec<&str>, Vec<&str>) = lines.partition(|line| line.starts_with("> "));
        all.push(Recorded {
            title: title.to_owned(),
            status: status.parse().unwrap(),
            is_preflight: title.starts_with("OPTIONS"),
            fields: fields
                .iter()
                .filter_map(|line| line.split_once(": "))
                .collect(),
            body: body.concat().trim_start_matches("> ").to_owned(),
        });
    }
    all
}

fn id(answers: &[&Recorded]) -> &'static str {
    let answers: Vec<Answer<'_>> = answers
        .iter()
        .map(|one| Answer {
            status: one.status,
            fields: &one.fields,
            body: &one.body,
            is_preflight: one.is_preflight,
        })
        .collect();
    detect(&answers).map_or("-", |found| found.platform.id)
}

#[test]
fn real_answers_are_taken_for_what_sent_them_or_for_nothing() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/recipes/heads");
    let Ok(files) = fs::read_dir(&folder) else {
        eprintln!("skipped: {} is not here", folder.display());
        return;
    };
    let mut paths: Vec<_> = files.map(|file| file.unwrap().path()).collect();
    paths.sort();
    assert!(paths.len() > 20);
    for path in paths {
        let set_up = path.file_stem().unwrap().to_str().unwrap();
        let (_, together, alone) = EXPECTED
            .iter()
            .find(|(name, ..)| *name == set_up)
            .unwrap_or_else(|| panic!("{set_up} is not in the table"));
        let all = recorded(&fs::read_to_string(&path).unwrap());
        assert!(all.len() > 10, "{set_up}");
        assert_eq!(id(&all.iter().collect::<Vec<_>>()), *together, "{set_up}");
        for one in &all {
            let found = id(&[one]);
            assert!(
                found == "-" || found == *together || alone.contains(&found),
                "{set_up}: {} is taken for {found}",
                one.title
            );
        }
    }
}
