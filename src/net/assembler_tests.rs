//! Segments in every order, one test per situation.

use super::*;
use proptest::prelude::*;

/// What came out: text, with `[n]` for a gap of n bytes.
#[derive(Default)]
struct Stream {
    assembler: Assembler,
    text: String,
}

impl Stream {
    fn starting_at(seq: u32) -> Self {
        let mut stream = Self::default();
        stream.assembler.start_at(seq);
        stream
    }

    fn insert(&mut self, seq: u32, text: &str) -> &mut Self {
        self.insert_cut(seq, text, 0)
    }

    fn insert_cut(&mut self, seq: u32, text: &str, missing: u32) -> &mut Self {
        let piece = Piece {
            seq,
            bytes: text.as_bytes(),
            missing,
            at: Timestamp(0),
            frame: 1,
        };
        self.assembler.insert(piece, &mut writer(&mut self.text));
        self
    }

    fn acknowledge(&mut self, upto: u32, millis: i64) -> &mut Self {
        let at = Timestamp(millis * 1_000_000);
        self.assembler
            .acknowledge(upto, at, &mut writer(&mut self.text));
        self
    }

    fn flush(&mut self) -> &str {
        self.assembler.flush(&mut writer(&mut self.text));
        &self.text
    }
}

fn writer(text: &mut String) -> impl FnMut(Chunk<'_>) {
    |chunk| match chunk {
        Chunk::Data { bytes, .. } => text.push_str(std::str::from_utf8(bytes).unwrap()),
        Chunk::Gap { len } => text.push_str(&format!("[{len}]")),
    }
}

#[test]
fn a_copy_of_bytes_that_were_given_out_is_compared_with_them() {
    let answer = "HTTP/1.1 200 OK\r\n\r\n";
    let mut stream = Stream::default();
    stream
        .insert(10, answer)
        .insert(10, answer)
        .insert(15, &answer[5..]);
    stream
        .insert(12, "TP/1.1 200 OK\r\n\r\nmore")
        .insert(30, "!");
    assert!(!stream.assembler.has_conflict());
    stream.insert(10, "HTTP/1.1 302 Found");
    assert!(stream.assembler.has_conflict());
    assert_eq!(stream.text, format!("{answer}more"));
}

#[test]
fn bytes_in_order_pass_through() {
    let mut stream = Stream::default();
    stream.insert(10, "abc").insert(13, "def");
    assert_eq!(stream.text, "abcdef");
}

#[test]
fn early_bytes_wait_for_the_hole_to_be_filled() {
    let mut stream = Stream::starting_at(10);
    stream.insert(16, "ghi").insert(13, "def");
    assert_eq!(stream.text, "");
    stream.insert(10, "abc");
    assert_eq!(stream.text, "abcdefghi");
    assert_eq!(stream.assembler.held_bytes(), 0);
}

#[test]
fn a_retransmission_adds_nothing() {
    let mut stream = Stream::default();
    stream.insert(10, "abc").insert(10, "abc").insert(11, "b");
    assert_eq!(stream.text, "abc");
}

#[test]
fn a_retransmission_with_news_adds_the_news() {
    let mut stream = Stream::default();
    stream.insert(10, "abc").insert(11, "bcde");
    assert_eq!(stream.text, "abcde");
}

#[test]
fn of_overlapping_early_pieces_the_first_copy_wins_and_the_conflict_is_noted() {
    let mut stream = Stream::starting_at(0);
    stream.insert(4, "ef").insert(2, "cdXYgh");
    assert!(stream.assembler.has_conflict());
    stream.insert(0, "ab");
    assert_eq!(stream.text, "abcdefgh");
}

#[test]
fn equal_overlaps_are_no_conflict() {
    let mut stream = Stream::starting_at(0);
    stream.insert(2, "cdef").insert(3, "defgh").insert(0, "abc");
    assert_eq!(stream.text, "abcdefgh");
    assert!(!stream.assembler.has_conflict());
}

#[test]
fn sequence_numbers_wrap() {
    let mut stream = Stream::starting_at(u32::MAX - 1);
    stream.insert(2, "ef").insert(u32::MAX - 1, "abcd");
    assert_eq!(stream.text, "abcdef");
}

#[test]
fn a_keep_alive_probe_adds_nothing() {
    let mut stream = Stream::starting_at(10);
    stream.insert(9, "x").insert(10, "abc").insert(12, "\0");
    assert_eq!(stream.text, "abc");
}

#[test]
fn acknowledged_bytes_that_were_not_captured_become_a_gap_after_some_patience() {
    let mut stream = Stream::starting_at(0);
    stream.insert(0, "ab").insert(5, "fg");
    stream.acknowledge(7, 1000).acknowledge(7, 1100);
    assert_eq!(stream.text, "ab");
    stream.acknowledge(7, 1300);
    assert_eq!(stream.text, "ab[3]fg");
}

#[test]
fn a_packet_captured_after_its_acknowledgement_is_no_gap() {
    let mut stream = Stream::starting_at(0);
    stream
        .acknowledge(2, 1000)
        .insert(0, "ab")
        .acknowledge(2, 3000);
    assert_eq!(stream.text, "ab");
}

#[test]
fn without_times_segments_count() {
    let mut stream = Stream::starting_at(0);
    for _ in 0..=PATIENCE_SEGMENTS {
        stream.acknowledge(2, 0);
    }
    assert_eq!(stream.text, "[2]");
}

#[test]
fn the_number_that_stands_for_the_end_is_no_byte() {
    let mut stream = Stream::starting_at(0);
    stream
        .insert(0, "ab")
        .acknowledge(3, 0)
        .acknowledge(3, 9000);
    assert_eq!(stream.text, "ab");
    stream.assembler.end_at(2);
    assert!(stream.assembler.is_complete());
    assert_eq!(stream.flush(), "ab");
}

#[test]
fn a_cut_packet_leaves_a_gap_that_later_bytes_do_not_fill() {
    let mut stream = Stream::starting_at(0);
    stream.insert_cut(0, "ab", 3).insert(5, "fg");
    assert_eq!(stream.text, "ab[3]fg");
}

#[test]
fn a_cut_packet_that_comes_early_keeps_its_gap() {
    let mut stream = Stream::starting_at(0);
    stream.insert_cut(2, "cd", 2).insert(0, "ab").insert(6, "g");
    assert_eq!(stream.text, "abcd[2]g");
}

#[test]
fn at_the_end_everything_held_comes_out_with_its_gaps() {
    let mut stream = Stream::starting_at(0);
    stream.insert(2, "c").insert(5, "f");
    assert_eq!(stream.flush(), "[2]c[2]f");
}

#[test]
fn a_byte_sent_out_of_band_takes_a_number_and_gives_nothing() {
    let mut stream = Stream::starting_at(0);
    stream.insert(0, "ab");
    stream.assembler.pass_over(2);
    stream.insert(3, "de").insert(2, "X");
    assert_eq!(stream.text, "abde");
}

#[test]
fn a_segment_of_another_window_is_ignored() {
    let mut stream = Stream::starting_at(0);
    stream.insert(0, "ab").insert(FURTHEST + 9, "zz");
    assert_eq!(stream.flush(), "ab");
}

proptest! {
    /// Segments of one text in any order, repeated and overlapping: the text comes out, with gaps where nothing came.
    #[test]
    fn any_order_of_segments_gives_the_stream(
        start in any::<u32>(),
        segments in proptest::collection::vec((0usize..60, 1usize..12), 0..40),
    ) {
        let text: String = ('A'..='z').chain('0'..='9').collect();
        let mut covered = vec![false; text.len()];
        let mut stream = Stream::starting_at(start);
        for (from, len) in segments {
            let to = (from + len).min(text.len());
            covered[from..to].fill(true);
            stream.insert(start.wrapping_add(u32::try_from(from).unwrap()), &text[from..to]);
        }
        let mut expected = String::new();
        let last = covered.iter().rposition(|byte| *byte).map_or(0, |last| last + 1);
        let mut at = 0;
        while at < last {
            let hole = covered[at..last].iter().take_while(|byte| !**byte).count();
            if hole > 0 {
                expected.push_str(&format!("[{hole}]"));
                at += hole;
            }
            let run = covered[at..last].iter().take_while(|byte| **byte).count();
            expected.push_str(&text[at..at + run]);
            at += run;
        }
        prop_assert_eq!(stream.flush(), expected);
        prop_assert!(!stream.assembler.has_conflict());
        prop_assert_eq!(stream.assembler.held_bytes(), 0);
    }
}
