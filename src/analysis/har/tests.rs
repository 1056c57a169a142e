//! Whole HAR files through the three stages: order, damage, size, threads.

use super::*;
use crate::analysis::testing::{self, Taken};
use crate::http::Interest;
use crate::input::Format;
use crate::limits::Limits;
use std::fmt::Write as _;

struct Run {
    counts: Result<Counts, Stop>,
    exchanges: Vec<Exchange>,
    caveats: Vec<Caveat>,
}

impl Run {
    fn caveats_of(&self, kind: CaveatKind) -> Vec<Place> {
        let of_kind = self.caveats.iter().filter(|caveat| caveat.kind == kind);
        of_kind.map(|caveat| caveat.place).collect()
    }
}

fn run_on(reader: impl Read + Send + 'static, interest: Interest, limits: &Limits) -> Run {
    let mut taken = Taken::default();
    let opened = testing::opened("a.har", Format::Har, reader);
    let counts = testing::run(run, opened, interest, limits, &mut taken);
    Run {
        counts,
        exchanges: taken.exchanges,
        caveats: taken.caveats,
    }
}

fn run_all(text: impl Into<Vec<u8>>) -> Run {
    run_on(
        io::Cursor::new(text.into()),
        Interest::All,
        &Limits::default(),
    )
}

fn entry(index: usize, body: &str) -> String {
    format!(
        r#"{{"startedDateTime":"2026-11-20T10:00:00.{:03}Z","time":1,"request":{{"method":"GET","url":"https://a.test/{index}",
        "headers":[{{"name":"Host","value":"a.test"}},{{"name":"Origin","value":"https://b.test"}}]}},
        "response":{{"status":200,"headers":[{{"name":"Vary","value":"Origin"}}],"content":{{"size":1,"text":"{body}"}}}}}}"#,
        index % 1000
    )
}

fn har(entries: usize, body: &str) -> String {
    let mut text = r#"{"log":{"creator":{"name":"mitmproxy"},"entries":["#.to_owned();
    for index in 0..entries {
        let comma = if index == 0 { "" } else { ",\n" };
        write!(text, "{comma}{}", entry(index, body)).unwrap();
    }
    text.push_str("]}}");
    text
}

#[test]
fn a_broken_entry_costs_only_itself() {
    let text = har(5, "x").replace(r#""url":"https://a.test/2""#, r#""url" "https://a.test/2""#);
    let run = run_all(text.replace("/3\"", "/3\"\"\""));
    let found: Vec<_> = run
        .exchanges
        .iter()
        .map(|exchange| exchange.url())
        .collect();
    assert_eq!(
        found,
        ["https://a.test/0", "https://a.test/1", "https://a.test/4"]
    );
    let counts = run.counts.as_ref().unwrap();
    assert_eq!(counts.exchanges, 3);
    let places = run.caveats_of(CaveatKind::BrokenEntry);
    assert!(matches!(
        places[..],
        [Place::Entry { index: 2, .. }, Place::Entry { index: 3, .. }]
    ));
}

#[test]
fn an_entry_without_its_end_does_not_swallow_the_others() {
    let whole = har(5, "x");
    let damages = [
        // A quote too few, a bracket too few, a bracket too many, rubbish between entries.
        whole.replace(r#"a.test/2","#, "a.test/2,"),
        whole.replacen(r#""text":"x"}}"#, r#""text":"x"}"#, 1),
        whole.replacen(r#""text":"x"}}"#, r#""text":"x"}}}"#, 1),
        whole
            .replacen(",\n{", ";\n{", 1)
            .replacen(",\n{", ", // \n,{", 1),
    ];
    for text in damages {
        let run = run_all(text.clone());
        assert!(run.exchanges.len() >= 3, "{} {text}", run.exchanges.len());
        assert!(!run.caveats_of(CaveatKind::BrokenEntry).is_empty());
        assert_eq!(run.exchanges.last().unwrap().url(), "https://a.test/4");
    }
}

#[test]
fn an_early_damage_in_a_large_file_costs_one_entry() {
    let text = har(400, &"0123456789abcdef".repeat(4096));
    let run = run_all(text.replacen(r#"a.test/2","#, "a.test/2,", 1));
    assert_eq!(run.exchanges.len(), 399);
    let places = run.caveats_of(CaveatKind::BrokenEntry);
    assert!(matches!(places[..], [Place::Entry { index: 2, .. }]));
    assert_eq!(
        run.exchanges.last().unwrap().locator.to_string(),
        "entry 399"
    );
}

#[test]
fn a_cut_file_gives_all_before_the_cut() {
    let text = har(5, "x");
    let run = run_all(&text[..text.len() - 40]);
    assert_eq!(run.exchanges.len(), 4);
    assert_eq!(
        run.caveats_of(CaveatKind::TruncatedFile),
        [Place::Offset(text.len() as u64 - 40)]
    );
}

#[test]
fn a_creator_behind_the_entries_is_known_in_time() {
    let text = har(3, "x").replace(r#""creator":{"name":"mitmproxy"},"#, "");
    let text = text.replace("]}}", r#"],"creator":{"name":"Firefox"}}}"#);
    let run = run_all(text.replace(r#""headers":[{"name":"Vary""#, r#""x":[{"name":"Vary""#));
    assert!(
        run.exchanges
            .iter()
            .all(|exchange| recorder(exchange) == Recorder::Firefox)
    );
}

#[test]
fn a_body_of_any_size_costs_no_memory_and_no_field() {
    let body = "b\\\"".repeat(12 << 20);
    let text = har(3, "x").replacen(r#""text":"x""#, &format!(r#""text":"{body}""#), 1);
    assert!(text.len() > 2 * FIRST_BLOCK);
    let run = run_on(io::Cursor::new(text), Interest::All, &Limits::default());
    assert_eq!(run.caveats, []);
    assert_eq!(run.exchanges.len(), 3);
    assert_eq!(run.exchanges[0].response_field("vary"), Some("Origin"));
}

#[test]
fn an_entry_that_stays_too_large_without_its_bodies_is_told() {
    let list = "[1],".repeat(8 << 20);
    let text = har(3, "x").replacen(r#""time":1"#, &format!(r#""_x":[{list}1]"#), 1);
    assert!(text.len() > 2 * FIRST_BLOCK);
    let limits = Limits {
        entry: 1 << 20,
        ..Limits::default()
    };
    let run = run_on(io::Cursor::new(text), Interest::All, &limits);
    assert_eq!(run.exchanges.len(), 2);
    let places = run.caveats_of(CaveatKind::LimitReached);
    assert!(matches!(places[..], [Place::Entry { index: 0, .. }]));
}

#[test]
fn entries_that_span_blocks_come_out_whole_and_in_order_on_any_number_of_threads() {
    let text = har(400, &"0123456789abcdef".repeat(4096));
    assert!(text.len() > 3 * FIRST_BLOCK / 2);
    let runs: Vec<_> = [1, 2, 5]
        .into_iter()
        .map(|threads| {
            let pool = rayon::ThreadPoolBuilder::new()
                .num_threads(threads)
                .build()
                .unwrap();
            pool.install(|| run_all(text.clone()))
        })
        .collect();
    for run in &runs {
        assert_eq!(run.counts.as_ref().unwrap().exchanges, 400);
        assert_eq!(run.exchanges.len(), 400);
        assert_eq!(run.caveats, []);
        let in_order = run.exchanges.iter().enumerate();
        assert!(
            in_order
                .into_iter()
                .all(|(index, exchange)| { exchange.url() == format!("https://a.test/{index}") })
        );
    }
}

#[test]
fn what_is_no_har_is_an_error_with_its_place() {
    let run = run_all(r#"{"log":{"version":"1.2"}}"#);
    let Err(Stop::Input(error)) = run.counts else {
        panic!("no error");
    };
    assert_eq!(
        error.to_string(),
        "a.har: at byte 25: not a readable HAR file: expected an array named entries in log, found the end of the file"
    );
}

#[test]
fn removed_credentials_are_told_from_a_modern_chromium_that_shows_none() {
    let agent = r#"{"name":"User-Agent","value":"Mozilla/5.0 Chrome/156.0.0.0 Safari/537.36"},{"name":"Host""#;
    let text = har(2, "x")
        .replace("mitmproxy", "WebInspector")
        .replace(r#"{"name":"Host""#, agent);
    let removes = |run: &Run| {
        let removed = CaveatKind::ExporterRemovesCredentials;
        run.exchanges
            .iter()
            .all(|exchange| exchange.caveats.contains(removed))
    };
    assert!(removes(&run_all(text.clone())));
    let with_cookie = text.replacen(
        r#"{"name":"Vary","value":"Origin"}"#,
        r#"{"name":"Set-Cookie","value":"a=b"}"#,
        1,
    );
    assert!(!removes(&run_all(with_cookie)));
    assert!(!removes(&run_all(text.replace("156", "129"))));
}

#[test]
fn the_oracles_files_are_read_to_the_last_entry() {
    let Ok(groups) = std::fs::read_dir("../shared/oracle") else {
        println!("skipped: the oracle's files are not here");
        return;
    };
    let mut files = 0;
    for group in groups {
        for file in std::fs::read_dir(group.unwrap().path())
            .into_iter()
            .flatten()
        {
            let path = file.unwrap().path();
            if path.extension().is_none_or(|extension| extension != "har") {
                continue;
            }
            let bytes = std::fs::read(&path).unwrap();
            let json: serde_json::Value = serde_json::from_slice(&bytes).unwrap();
            let expected = json["log"]["entries"].as_array().unwrap();
            let run = run_all(bytes);
            assert_eq!(run.caveats, [], "{path:?}");
            assert_eq!(run.exchanges.len(), expected.len(), "{path:?}");
            for (exchange, entry) in run.exchanges.iter().zip(expected) {
                assert_eq!(exchange.method(), entry["request"]["method"]);
                let status = entry["response"]["status"]
                    .as_i64()
                    .filter(|status| *status > 0);
                assert_eq!(exchange.status().map(i64::from), status);
            }
            files += 1;
        }
    }
    assert!(files > 0);
}
