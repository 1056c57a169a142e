//! A connection whose protocol is told by its bytes, with losses.
#![no_main]

mod steps;

use corsight::Limits;
use corsight::http::{Connection, Interest};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let limits = Limits::default();
    let mut connection = Connection::new(steps::conversation(), Interest::All, &limits);
    steps::steps(bytes, |direction, chunk| {
        connection.push(direction, chunk);
        while connection.poll().is_some() {}
    });
    connection.finish();
    while connection.poll().is_some() {}
});
