//! Where entries begin and end, whatever the text and its pieces.

use super::*;
use proptest::prelude::*;

/// Every piece with its text, and the end.
type Split<'a> = (Vec<(Part, &'a str)>, Result<End, NotHar>);

fn split_in(text: &str, size: usize) -> Split<'_> {
    let mut splitter = Splitter::new();
    let mut pieces = Vec::new();
    for block in text.as_bytes().chunks(size) {
        let pushed = splitter.push(block);
        while let Some(piece) = splitter.poll() {
            pieces.push((piece.part, &text[piece.start as usize..piece.end as usize]));
        }
        if let Err(error) = pushed {
            return (pieces, Err(error));
        }
    }
    (pieces, splitter.finish())
}

fn entries(text: &str) -> Vec<&str> {
    let (pieces, _) = split_in(text, usize::MAX);
    pieces
        .into_iter()
        .filter(|(part, _)| matches!(part, Part::Entry { .. }))
        .map(|(_, text)| text)
        .collect()
}

fn error(text: &str) -> (u64, String) {
    let error = split_in(text, usize::MAX).1.unwrap_err();
    (error.offset, error.to_string())
}

fn damage(text: &str) -> Option<Damage> {
    split_in(text, usize::MAX).1.unwrap().damage
}

#[test]
fn keys_come_in_any_order() {
    let text = r#" {"x":[{"entries":[1]}],"log":{"pages":[],"entries":[{"a":1},{}],"creator":{"name":"c"},"y":"z","n":null}}"#;
    let (pieces, end) = split_in(text, usize::MAX);
    let entry = |index| Part::Entry {
        index,
        is_object: true,
    };
    assert_eq!(
        pieces,
        [
            (Part::Pages, "[]"),
            (entry(0), r#"{"a":1}"#),
            (entry(1), "{}"),
            (Part::Creator, r#"{"name":"c"}"#),
        ]
    );
    assert_eq!(
        end.unwrap(),
        End {
            entries: 2,
            damage: None
        }
    );
}

#[test]
fn a_byte_order_mark_and_white_space_are_passed_over() {
    assert_eq!(
        entries("\u{feff}\r\n\t {\"log\":{\"entries\":[{}]}}\n").len(),
        1
    );
}

#[test]
fn brackets_and_quotes_in_strings_do_not_matter() {
    let text = r#"{"log":{"entries":[{"a":"}]}\"]","b":"\\"},{"c":1}]}}"#;
    assert_eq!(entries(text), [r#"{"a":"}]}\"]","b":"\\"}"#, r#"{"c":1}"#]);
}

#[test]
fn keys_with_escapes_end_where_they_end() {
    assert_eq!(
        entries(r#"{"a\"log":1,"b\\":2,"log":{"\\\"x":{},"entries":[{}]}}"#).len(),
        1
    );
}

#[test]
fn elements_that_are_no_objects_keep_their_index() {
    let text = r#"{"log":{"entries":[1,"a]",null,[{}],{"a":1}]}}"#;
    let (pieces, end) = split_in(text, usize::MAX);
    assert_eq!(
        pieces.last(),
        Some(&(
            Part::Entry {
                index: 4,
                is_object: true
            },
            r#"{"a":1}"#
        ))
    );
    assert_eq!(end.unwrap().entries, 5);
}

#[test]
fn repeated_entries_arrays_count_on() {
    assert_eq!(
        entries(r#"{"log":{"entries":[{"a":1}],"entries":[{"b":1}]}}"#).len(),
        2
    );
}

#[test]
fn a_cut_inside_an_entry_says_which() {
    let text = r#"{"log":{"entries":[{"a":1},{"b":"#;
    assert_eq!(entries(text), [r#"{"a":1}"#]);
    assert_eq!(
        damage(text),
        Some(Damage::Truncated {
            offset: 32,
            entry: Some((1, 27))
        })
    );
}

#[test]
fn a_cut_behind_the_last_entry_is_a_cut_too() {
    assert_eq!(
        damage(r#"{"log":{"entries":[{}]"#),
        Some(Damage::Truncated {
            offset: 22,
            entry: None
        })
    );
}

#[test]
fn text_behind_the_object_is_told() {
    assert_eq!(
        damage("{\"log\":{\"entries\":[]}}\n#"),
        Some(Damage::Trailing { offset: 23 })
    );
}

#[test]
fn garbage_between_entries_keeps_what_came_before() {
    let text = r#"{"log":{"entries":[{"a":1};{"b":2}]}}"#;
    assert_eq!(entries(text), [r#"{"a":1}"#]);
    assert!(matches!(
        damage(text),
        Some(Damage::Garbage(NotHar { offset: 26, .. }))
    ));
}

#[test]
fn what_is_no_har_is_told_with_offset() {
    assert_eq!(error("  hello"), (2, "expected {, found h".into()));
    assert_eq!(
        error(""),
        (0, "expected {, found the end of the file".into())
    );
    assert_eq!(
        error(r#"{"a":1}"#),
        (
            7,
            "expected an object named log, found the end of the file".into()
        )
    );
    assert_eq!(
        error(r#"{"log":{"version":"1.2"}}"#),
        (
            25,
            "expected an array named entries in log, found the end of the file".into()
        )
    );
    assert_eq!(
        error(r#"{"log":{"entries":{}}}"#),
        (18, "expected [ after \"entries\":, found {".into())
    );
    assert_eq!(error(r#"{"log" 1}"#), (7, "expected :, found 1".into()));
}

#[test]
fn depth_costs_nothing() {
    let deep = format!("{{\"log\":{{\"entries\":[{}", "[".repeat(1_000_000));
    assert!(matches!(damage(&deep), Some(Damage::Truncated { .. })));
}

proptest! {
    #[test]
    fn any_cut_into_blocks_gives_the_same(text in har(), size in 1usize..100) {
        prop_assert_eq!(split_in(&text, size), split_in(&text, usize::MAX));
    }

    #[test]
    fn any_text_is_borne(text in r#"[{}\[\]":,a\\ 1]{0,200}"#, size in 1usize..40) {
        let text = format!("{{\"log\":{{\"entries\":[{text}");
        prop_assert_eq!(split_in(&text, size), split_in(&text, usize::MAX));
    }
}

/// Mostly right HARs, sometimes cut short.
fn har() -> impl Strategy<Value = String> {
    let value = r#"(\{"k\\n":"(a|\\"|\}|\\\\){0,40}","l":\[1, \{\}\]\}|"x\\""|12|null|\[\[\]\])"#;
    let key = "(entries|pages|creator|browser|comment|log)";
    let members = prop::collection::vec((key, prop::collection::vec(value, 0..5)), 0..6);
    (members, 0usize..400).prop_map(|(members, cut)| {
        let members: Vec<_> = members
            .iter()
            .map(|(key, values)| format!("\"{key}\" : [{}]", values.join(" ,\n")))
            .collect();
        let mut text = format!("{{ \"log\": {{{}}} }}\n", members.join(","));
        if cut < text.len() {
            text.truncate(cut);
        }
        text
    })
}
