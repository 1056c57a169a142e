//! Any bytes as a HAR, in blocks of a length that the first byte tells: cut into entries, and these read.
#![no_main]

use corsight::Limits;
use corsight::har::{Block, Converter, Cutter, NotHar, Part};
use corsight::http::{Interest, SourceId};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Some((first, rest)) = bytes.split_first() else {
        return;
    };
    let _ = read(rest, usize::from(*first) + 1);
});

fn read(text: &[u8], size: usize) -> Result<(), NotHar> {
    // Small limits, so that pieces grow too long as well.
    let limits = Limits {
        entry: 128,
        field_section: 64,
        ..Limits::default()
    };
    let converter = Converter::new(SourceId(0), Interest::Cors, &limits);
    let (mut cutter, mut block) = (Cutter::new(&limits), Block::default());
    for bytes in text.chunks(size) {
        cutter.begin(&mut block);
        block.space(bytes.len()).copy_from_slice(bytes);
        cutter.advance(&mut block, bytes.len())?;
        cutter.end(&mut block)?;
        let entries = block.pieces().filter_map(|(piece, text)| match piece.part {
            Part::Entry { index, .. } => Some((index, text.ok()?)),
            _ => None,
        });
        converter.convert(entries);
    }
    cutter.finish().map(|_| ())
}
