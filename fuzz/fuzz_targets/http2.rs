//! HTTP/2 with prior knowledge: frames, field blocks, HPACK.
#![no_main]

mod steps;

use corsight::Limits;
use corsight::http::{Interest, h2};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let limits = Limits::default();
    let mut connection = h2::Connection::new(steps::conversation(), Interest::All, &limits);
    steps::steps(bytes, |direction, chunk| {
        connection.push(direction, chunk);
        while connection.poll().is_some() {}
    });
    connection.finish();
    while connection.poll().is_some() {}
});
