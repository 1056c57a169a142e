//! TLS records and handshakes, with a key log that knows the client random of the first bytes.
#![no_main]

mod steps;

use corsight::tls::{KeyLog, Session};
use libfuzzer_sys::fuzz_target;
use std::sync::Arc;

fuzz_target!(|bytes: &[u8]| {
    let Some((random, rest)) = bytes.split_first_chunk::<32>() else {
        return;
    };
    let random: String = random.iter().map(|byte| format!("{byte:02x}")).collect();
    let secret = "11".repeat(48);
    let log =
        format!("CLIENT_RANDOM {random} {secret}\nCLIENT_TRAFFIC_SECRET_0 {random} {secret}\n");
    let mut session = Session::new(&Arc::new(KeyLog::parse(log.as_bytes())));
    steps::steps(rest, |direction, chunk| {
        session.push(direction, chunk);
        while session.poll().is_some() {}
    });
});
