//! Any text as what redaction looks into: a field, a URL, prose, a body, and in blocks a whole HAR.
#![no_main]

use corsight::Limits;
use corsight::redact::Redactor;
use corsight::redact::har::HarCleaner;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Some((first, rest)) = bytes.split_first() else {
        return;
    };
    let redactor = match first & 1 {
        0 => Redactor::closed(),
        _ => Redactor::closed().hiding_hosts(),
    };
    let text = String::from_utf8_lossy(rest);
    match first >> 1 & 7 {
        0 => drop(redactor.url(&text)),
        1 => drop(redactor.text(&text)),
        2 => drop(redactor.prose(&text)),
        3 => drop(redactor.field("set-cookie", &text)),
        4 => drop(redactor.body("application/json", &text)),
        5 => drop(redactor.body("multipart/form-data; boundary=x", &text)),
        6 => drop(redactor.body("application/xml", &text)),
        _ => {
            let mut out = Vec::new();
            let mut har = HarCleaner::new(&redactor, &Limits::default());
            for block in rest.chunks(usize::from(*first) + 1) {
                har.push(block, &mut out);
            }
            har.finish(&mut out);
        }
    }
});
