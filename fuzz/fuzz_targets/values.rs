//! Any text as a field value that CORS reads, as an origin, and as a policy in TOML.
#![no_main]

use corsight::fetch::{list, origin};
use corsight::simulate::Policy;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    drop(list::elements(text).count());
    drop(origin::of_url(text));
    drop(origin::comparable(text));
    drop(origin::resolve("https://a.test/b", text));
    let _ = origin::reach(text);
    if let Ok(policy) = Policy::parse(text) {
        drop(policy.warnings());
        let _ = policy.rules("https://a.test/b");
    }
});
