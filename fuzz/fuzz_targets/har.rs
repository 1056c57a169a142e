//! Any bytes as a HAR, in blocks of a length that the first byte tells.
#![no_main]

use corsight::har::Splitter;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Some((first, rest)) = bytes.split_first() else {
        return;
    };
    let mut splitter = Splitter::new();
    for block in rest.chunks(usize::from(*first) + 1) {
        if splitter.push(block).is_err() {
            return;
        }
        while splitter.poll().is_some() {}
    }
    let _ = splitter.finish();
});
