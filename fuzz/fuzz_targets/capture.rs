//! Any bytes as a capture: records, link layers, tunnels, fragments, segments.
#![no_main]

use corsight::Limits;
use corsight::capture::{Reader, Step};
use corsight::net::segment::{Sliced, slice, slice_part, slice_whole};
use corsight::net::{FlowTable, Fragments};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let limits = Limits::default();
    let mut reader = Reader::new(&limits);
    let mut fragments = Fragments::new(1 << 16);
    let mut flows = FlowTable::new(64);
    let mut position = 0;
    loop {
        match reader.next(bytes, &mut position) {
            Step::Packet(packet) => match slice(&packet, &mut fragments) {
                Sliced::Tcp(segment) => drop(flows.look_up(&segment)),
                Sliced::Whole(whole) => drop(slice_whole(&whole, &packet, &mut fragments)),
                Sliced::Several(parts) => {
                    for part in parts {
                        drop(slice_part(part, &packet, &mut fragments));
                    }
                }
                Sliced::Udp(_) | Sliced::Other(_) => {}
            },
            Step::Secrets(_) | Step::Damage(_) => {}
            Step::More => break,
        }
    }
    reader.finish(bytes.get(position..).unwrap_or_default());
});
