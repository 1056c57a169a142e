//! Message length by RFC 9112 §6.3, case by case.

use super::*;
use proptest::prelude::*;

fn declared(lines: &[(&str, &str)]) -> Declared {
    let mut declared = Declared::default();
    for (name, value) in lines {
        match *name {
            "CL" => declared.add_content_length(value.as_bytes()),
            _ => declared.add_transfer_encoding(value.as_bytes()),
        }
    }
    declared
}

/// Content without coding, and how passing ended.
fn pass(length: Length, bytes: &[u8], piece: usize) -> (Vec<u8>, Passed) {
    let mut content = Content::new(length).unwrap();
    let mut text = Vec::new();
    let mut before = 0;
    for part in bytes.chunks(piece.max(1)) {
        match content.pass(part, &mut |bytes| text.extend_from_slice(bytes)) {
            Passed::All => before += part.len(),
            Passed::End(at) => return (text, Passed::End(before + at)),
            Passed::Damaged(at) => return (text, Passed::Damaged(before + at)),
        }
    }
    (text, Passed::All)
}

#[test]
fn chunked_wins_over_content_length_and_that_is_ambiguous() {
    let both = declared(&[("CL", "5"), ("TE", "gzip, Chunked")]);
    assert_eq!(both.of_request(), Length::Chunked);
    assert_eq!(both.of_answer(), Length::Chunked);
    assert!(both.is_ambiguous());
}

#[test]
fn a_repeated_content_length_counts_once_and_different_ones_not_at_all() {
    let same = declared(&[("CL", "5"), ("CL", " 5, 5")]);
    assert_eq!(same.of_answer(), Length::Exactly(5));
    assert!(!same.is_ambiguous());
    for values in [
        ["5", "6"],
        ["-1", "-1"],
        ["5x", "5x"],
        ["99999999999999999999", ""],
    ] {
        let bad = declared(&[("CL", values[0]), ("CL", values[1])]);
        assert_eq!(bad.of_answer(), Length::UntilClose, "{values:?}");
        assert_eq!(bad.of_request(), Length::None, "{values:?}");
        assert!(bad.is_ambiguous());
    }
}

#[test]
fn a_coding_other_than_chunked_ends_with_the_connection() {
    let gzip = declared(&[("TE", "chunked, gzip"), ("CL", "5")]);
    assert_eq!(gzip.of_answer(), Length::UntilClose);
}

#[test]
fn chunks_with_extensions_and_trailers_are_passed() {
    let body = b"5;a=\"b\"\r\nhello\r\n006 \r\n world\r\n0\r\nExpires: never\r\nX: y\r\n\r\nHTTP";
    assert_eq!(
        pass(Length::Chunked, body, usize::MAX),
        (b"hello world".to_vec(), Passed::End(body.len() - 4))
    );
}

#[test]
fn chunks_with_bare_line_feeds_are_passed() {
    let body = b"3\nabc\n0\n\nX";
    assert_eq!(
        pass(Length::Chunked, body, 1),
        (b"abc".to_vec(), Passed::End(body.len() - 1))
    );
}

#[test]
fn what_is_no_chunk_is_damage() {
    for body in [
        "xyz\r\n",
        "\r\n",
        "3\r\nabcd",
        "ffffffffffffffffff\r\n",
        "3 4\u{7f}",
    ] {
        let (_, passed) = pass(Length::Chunked, body.as_bytes(), usize::MAX);
        let is_bad = matches!(passed, Passed::Damaged(_));
        assert!(is_bad || body == "\r\n", "{body:?} {passed:?}");
    }
}

#[test]
fn a_gap_inside_known_content_is_only_counted() {
    let mut content = Content::new(Length::Exactly(10)).unwrap();
    assert_eq!(content.pass_gap(4), Some(0));
    assert_eq!(content.pass(b"abcdefgh", &mut |_| ()), Passed::End(6));
    let mut content = Content::new(Length::Exactly(10)).unwrap();
    assert_eq!(content.pass_gap(14), Some(4));
    assert!(content.is_over());
}

#[test]
fn a_gap_inside_a_chunk_is_counted_and_one_beyond_it_loses_the_place() {
    let mut content = Content::new(Length::Chunked).unwrap();
    content.pass(b"a\r\nabc", &mut |_| ());
    assert_eq!(content.pass_gap(6), Some(0));
    assert_eq!(content.pass(b"j\r\n0\r\n\r\n", &mut |_| ()), Passed::End(8));
    let mut content = Content::new(Length::Chunked).unwrap();
    content.pass(b"a\r\nabc", &mut |_| ());
    assert_eq!(content.pass_gap(7), None);
}

proptest! {
    #[test]
    fn any_bytes_pass_the_same_whatever_the_pieces(
        bytes in proptest::collection::vec(
            prop_oneof![Just(b'\n'), Just(b'\r'), Just(b'2'), Just(b'0'), any::<u8>()], 0..60),
        piece in 1usize..9,
    ) {
        for length in [Length::Chunked, Length::Exactly(20), Length::UntilClose] {
            prop_assert_eq!(
                pass(length, &bytes, usize::MAX),
                pass(length, &bytes, piece)
            );
        }
    }
}
