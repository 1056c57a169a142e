//! The examples of RFC 9204 Appendix B, and what becomes of sections when instructions are lost.

use super::super::{EncoderStream, most_entries};
use super::*;
use proptest::prelude::*;

fn lines(block: &[u8], stream: &EncoderStream, capacity: u64) -> Vec<String> {
    let mut lines = Vec::new();
    let show = |text: Option<&[u8]>| {
        text.map_or("?".to_owned(), |text| {
            String::from_utf8_lossy(text).into_owned()
        })
    };
    decode(
        block,
        stream.table(),
        Some(most_entries(capacity)),
        |line| {
            lines.push(format!("{}: {}", show(line.name), show(line.value)));
        },
    )
    .unwrap();
    lines
}

fn with_instructions(bytes: &[u8]) -> EncoderStream {
    let mut stream = EncoderStream::new(1 << 16);
    stream.push(bytes);
    stream
}

/// B.2: capacity 220, `:authority: www.example.com`, `:path: /sample/path`.
const FILL: &[u8] = b"\x3f\xbd\x01\xc0\x0fwww.example.com\xc1\x0c/sample/path";
/// B.3: `custom-key: custom-value`.
const CUSTOM: &[u8] = b"\x4acustom-key\x0ccustom-value";

#[test]
fn b1_literal_with_static_name() {
    let stream = EncoderStream::new(1 << 16);
    assert_eq!(
        lines(b"\x00\x00\x51\x0b/index.html", &stream, 0),
        [":path: /index.html"]
    );
}

#[test]
fn b2_references_after_the_base() {
    let stream = with_instructions(FILL);
    assert_eq!(
        lines(b"\x03\x81\x10\x11", &stream, 220),
        [":authority: www.example.com", ":path: /sample/path"]
    );
}

#[test]
fn b4_a_duplicate_and_references_before_the_base() {
    let mut stream = with_instructions(FILL);
    stream.push(CUSTOM);
    stream.push(b"\x02");
    assert_eq!(
        lines(b"\x05\x00\x80\xc1\x81", &stream, 220),
        [
            ":authority: www.example.com",
            ":path: /",
            "custom-key: custom-value"
        ]
    );
    // B.5: the value changes, the oldest entry makes room.
    stream.push(b"\x81\x0dcustom-value2");
    assert_eq!(
        lines(b"\x06\x00\x80", &stream, 220),
        ["custom-key: custom-value2"]
    );
}

#[test]
fn a_section_waits_for_its_insertions() {
    let mut stream = EncoderStream::new(1 << 16);
    let section = b"\x03\x81\x10\x11";
    let most = Some(most_entries(220));
    assert!(!is_ready(section, stream.table(), most));
    assert!(!is_ready(section, stream.table(), None));
    stream.push(FILL);
    assert!(is_ready(section, stream.table(), most));
    assert!(is_ready(b"\x00\x00\xc1", stream.table(), None));
}

#[test]
fn after_a_loss_old_entries_are_known_and_new_ones_are_not() {
    let mut stream = with_instructions(FILL);
    stream.lose(20);
    // With room for 128 entries, twenty lost bytes leave no doubt about the count.
    assert_eq!(
        lines(b"\x04\x80\x10\x80\xd1", &stream, 4096),
        ["?: ?", ":path: /sample/path", ":method: GET"]
    );
    // With room for six they do: nothing dynamic is certain any more.
    assert_eq!(
        lines(b"\x03\x81\x10\xd1", &stream, 220),
        ["?: ?", ":method: GET"]
    );
}

proptest! {
    #[test]
    fn instructions_may_come_in_any_pieces(cuts in proptest::collection::vec(0usize..60, 0..6)) {
        let mut bytes = FILL.to_vec();
        bytes.extend_from_slice(CUSTOM);
        bytes.extend_from_slice(b"\x02\x81\x02ab");
        let mut cuts: Vec<_> = cuts.into_iter().map(|cut| cut.min(bytes.len())).collect();
        cuts.push(0);
        cuts.push(bytes.len());
        cuts.sort_unstable();
        let mut stream = EncoderStream::new(1 << 16);
        for pair in cuts.windows(2) {
            stream.push(&bytes[pair[0]..pair[1]]);
        }
        let whole = with_instructions(&bytes);
        prop_assert_eq!(format!("{:?}", stream.table()), format!("{:?}", whole.table()));
    }

    #[test]
    fn any_bytes_are_answered(
        instructions in proptest::collection::vec(any::<u8>(), 0..100),
        block in proptest::collection::vec(any::<u8>(), 0..100),
        most in proptest::option::of(0u64..300),
        lost in proptest::option::of(0u64..300),
    ) {
        let mut stream = with_instructions(&instructions);
        if let Some(lost) = lost {
            stream.lose(lost);
        }
        is_ready(&block, stream.table(), most);
        let _ = decode(&block, stream.table(), most, |_| {});
    }
}
