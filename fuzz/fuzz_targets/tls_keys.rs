//! TLS with a key log, or a private key, that stands before the records: two bytes tell how long it is.
#![no_main]

mod steps;

use corsight::tls::{KeyLog, Session};
use libfuzzer_sys::fuzz_target;
use std::sync::Arc;

fuzz_target!(|bytes: &[u8]| {
    let Some((&[high, low], rest)) = bytes.split_first_chunk() else {
        return;
    };
    let length = usize::from(u16::from_be_bytes([high, low])).min(rest.len());
    let (log, rest) = rest.split_at(length);
    let mut session = Session::new(&Arc::new(KeyLog::parse(log)));
    steps::steps(rest, |direction, chunk| {
        session.push(direction, chunk);
        while session.poll().is_some() {}
    });
});
