//! UDP datagrams between two endpoints.
#![no_main]

use corsight::Limits;
use corsight::http::{Interest, SourceId};
use corsight::quic::{Datagram, Demux};
use corsight::time::Timestamp;
use corsight::tls::KeyLog;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let ends = [([10, 0, 0, 5], 51514).into(), ([10, 0, 0, 9], 443).into()];
    let keys = KeyLog::default();
    let mut demux = Demux::new(SourceId(0), Interest::All, &Limits::default());
    let mut rest = bytes;
    let mut frame = 0;
    while let [flags, len, after @ ..] = rest {
        let len = (usize::from(*len) | usize::from(flags >> 2) << 8).min(after.len());
        let (payload, next) = after.split_at(len);
        frame += 1;
        let (from, to) = match flags & 1 {
            0 => (ends[0], ends[1]),
            _ => (ends[1], ends[0]),
        };
        let at = Timestamp(frame as i64 * 1_000_000);
        demux.push(
            Datagram {
                from,
                to,
                payload,
                at,
                frame,
            },
            &keys,
        );
        while demux.poll().is_some() {}
        rest = next;
    }
    demux.finish();
    while demux.poll().is_some() {}
});
