//! When a conversation begins, ends and is replaced.

use super::*;

fn segment(ports: (u16, u16), flags: u8, seq: u32, seconds: i64) -> Segment<'static> {
    let (own, other) = ([10, 0, 0, 1], [10, 0, 0, 2]);
    let hosts = if ports.0 > ports.1 {
        Hosts::V4(own, other)
    } else {
        Hosts::V4(other, own)
    };
    Segment {
        hosts,
        ports,
        seq,
        ack: 7,
        flags: Flags(flags),
        payload: b"",
        missing: 0,
        urgent: None,
        at: Timestamp(seconds * 1_000_000_000),
        frame: 1,
    }
}

fn stream_of(table: &mut FlowTable, segment: &Segment<'_>) -> (u32, Direction) {
    let found = table.look_up(segment).unwrap();
    (found.flow.stream, found.direction)
}

#[test]
fn both_directions_are_one_conversation() {
    let mut table = FlowTable::new(100);
    let syn = segment((5000, 80), 0x02, 1, 0);
    let answer = segment((80, 5000), 0x12, 9, 0);
    assert_eq!(stream_of(&mut table, &syn), (0, Direction::ToServer));
    assert_eq!(stream_of(&mut table, &answer), (0, Direction::ToClient));
    assert_eq!(table.streams(), 1);
}

#[test]
fn a_repeated_syn_is_no_new_conversation_and_another_syn_is() {
    let mut table = FlowTable::new(100);
    let streams: Vec<_> = [
        (0x02, 1),
        (0x02, 1),
        (0x02, 2),
        (0x10, 3),
        (0x01, 9),
        (0x02, 2),
    ]
    .into_iter()
    .map(|(flags, seq)| stream_of(&mut table, &segment((5000, 80), flags, seq, 0)).0)
    .collect();
    assert_eq!(streams, [0, 0, 1, 1, 1, 2]);
}

#[test]
fn the_answer_to_a_lost_syn_starts_over_under_the_same_number() {
    let mut table = FlowTable::new(100);
    let numbers: Vec<_> = [(0x12, 1), (0x04, 2), (0x12, 900)]
        .into_iter()
        .map(|(flags, seq)| {
            let answer = segment((80, 5000), flags, seq, 0);
            let found = table.look_up(&answer).unwrap();
            let first = found.flow.first_byte(Direction::ToClient);
            (found.flow.stream, first, found.replaced.is_some())
        })
        .collect();
    assert_eq!(
        numbers,
        [
            (0, Some(2), false),
            (0, Some(2), false),
            (0, Some(901), true)
        ]
    );
}

#[test]
fn the_first_byte_follows_from_syn_or_from_what_the_other_end_acknowledges() {
    let mut table = FlowTable::new(100);
    let found = table.look_up(&segment((5000, 80), 0x12, 40, 0)).unwrap();
    assert_eq!(found.direction, Direction::ToClient);
    assert_eq!(found.flow.first_byte(Direction::ToClient), Some(41));
    assert_eq!(found.flow.first_byte(Direction::ToServer), Some(7));
}

#[test]
fn when_the_table_is_full_the_conversations_idle_longest_make_room() {
    let mut table = FlowTable::new(8);
    for port in 0..8u16 {
        let syn = segment((5000 + port, 80), 0x02, 1, 10 * i64::from(port));
        table.look_up(&syn).unwrap().flow.slot = Slot::new(u32::from(port));
    }
    let ninth = segment((6000, 80), 0x02, 1, 100);
    assert!(table.look_up(&ninth).is_none());
    let gone: Vec<_> = table
        .evict(Timestamp(0))
        .iter()
        .map(|flow| flow.stream)
        .collect();
    assert_eq!(gone, [0, 1]);
    assert_eq!(stream_of(&mut table, &ninth).0, 8);
}
