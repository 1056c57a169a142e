//! Tells what bytes are by their first few: pure functions, names play no part.

use super::Format;
use super::decompress::Packing;
use super::utf16::ByteOrder;
use memchr::memmem;

/// What a stream's first bytes say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Kind {
    Empty,
    Format(Format),
    /// A JSON object. `har` when a `log` object was seen; a HAR can still hide behind a long preamble without.
    Json {
        har: bool,
    },
    /// Anything else, with article, for the reader.
    Other(String),
    Packed(Packing),
    Utf16(ByteOrder),
    Zip,
}

/// Marks of what is analysed or unpacked.
const KNOWN: &[(&[u8], Kind)] = &[
    (b"\xd4\xc3\xb2\xa1", Kind::Format(Format::Pcap)),
    (b"\xa1\xb2\xc3\xd4", Kind::Format(Format::Pcap)),
    (b"\x4d\x3c\xb2\xa1", Kind::Format(Format::Pcap)),
    (b"\xa1\xb2\x3c\x4d", Kind::Format(Format::Pcap)),
    (b"\x34\xcd\xb2\xa1", Kind::Format(Format::Pcap)),
    (b"\xa1\xb2\xcd\x34", Kind::Format(Format::Pcap)),
    (b"\x1f\x8b\x08", Kind::Packed(Packing::Gzip)),
    (b"\x28\xb5\x2f\xfd", Kind::Packed(Packing::Zstd)),
    (b"\x04\x22\x4d\x18", Kind::Packed(Packing::Lz4)),
    (b"\xfd7zXZ\0", Kind::Packed(Packing::Xz)),
    (b"BZh", Kind::Packed(Packing::Bzip2)),
    (b"PK\x03\x04", Kind::Zip),
    (b"PK\x05\x06", Kind::Zip),
    (b"\xff\xfe", Kind::Utf16(ByteOrder::Little)),
    (b"\xfe\xff", Kind::Utf16(ByteOrder::Big)),
];

/// Marks of what people drop in by mistake.
const FOREIGN: &[(&[u8], &str)] = &[
    (b"\x89PNG", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF8", "a GIF image"),
    (b"RIFF", "a RIFF file (WebP, WAV or AVI)"),
    (b"%PDF", "a PDF document"),
    (b"\x7fELF", "an ELF program"),
    (b"MZ", "a Windows program"),
    (b"\0asm", "a WebAssembly module"),
    (b"SQLite format 3\0", "an SQLite database"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive (unpack it first)"),
    (b"Rar!\x1a\x07", "a RAR archive (unpack it first)"),
    (b"\x1f\x9d", "compressed with compress (unpack it first)"),
    (
        b"\x02\x21\x4c\x18",
        "an lz4 file of the legacy format (unpack it first)",
    ),
    (
        b"snoop\0\0\0",
        "a snoop capture (convert it: editcap -F pcapng IN OUT)",
    ),
    (b"btsnoop\0", "a Bluetooth snoop capture"),
    (
        b"GMBU",
        "a Microsoft Network Monitor capture (convert it: editcap -F pcapng IN OUT)",
    ),
    (
        b"RTSS",
        "a Microsoft Network Monitor 1 capture (convert it: editcap -F pcapng IN OUT)",
    ),
    (
        b"TRSNIFF data",
        "a Sniffer capture (convert it: editcap -F pcapng IN OUT)",
    ),
    (b"bplist00", "a binary property list"),
    (b"CLIENT_RANDOM ", "a TLS key log (give it with --keylog)"),
    (
        b"-----BEGIN ",
        "a key or certificate in PEM (give a server's RSA key with --keylog)",
    ),
    (
        b"# SSL/TLS secrets log",
        "a TLS key log (give it with --keylog)",
    ),
];

/// Told from the mark alone; `None` when more must be seen. `head` may be shorter than a mark.
pub(super) fn binary(head: &[u8]) -> Option<Kind> {
    if head.is_empty() {
        return Some(Kind::Empty);
    }
    if let Some((_, kind)) = KNOWN.iter().find(|(mark, _)| head.starts_with(mark)) {
        return Some(kind.clone());
    }
    if head.starts_with(b"\x0a\x0d\x0d\x0a") {
        return matches!(
            head.get(8..12),
            Some(b"\x1a\x2b\x3c\x4d" | b"\x4d\x3c\x2b\x1a")
        )
        .then_some(Kind::Format(Format::Pcapng));
    }
    FOREIGN
        .iter()
        .find(|(mark, _)| head.starts_with(mark))
        .map(|(_, found)| Kind::Other((*found).to_owned()))
        .or_else(|| is_event_trace(head).then(|| Kind::Other(EVENT_TRACE.to_owned())))
}

/// Told from the first kilobytes of what has no mark.
pub(super) fn text(head: &[u8]) -> Kind {
    let body = head
        .strip_prefix(b"\xef\xbb\xbf")
        .unwrap_or(head)
        .trim_ascii_start();
    let found = match body.first() {
        None => "nothing but white space".to_owned(),
        Some(b'{') => return json(body),
        Some(b'[') => "a JSON array".to_owned(),
        Some(b'<') if is_html(body) => "an HTML page".to_owned(),
        Some(b'<') => "an XML file".to_owned(),
        Some(_) if head.get(257..262) == Some(b"ustar") => {
            "a tar archive (unpack it first)".to_owned()
        }
        Some(_) if head.get(4..8) == Some(b"ftyp") => "an MP4 video".to_owned(),
        Some(_) if body.starts_with(b"onInputData(") => {
            "a HAR wrapped in JavaScript (JSONP)".to_owned()
        }
        Some(_) if is_text(head) => format!("plain text that starts with {:?}", first_words(body)),
        Some(_) => format!("of an unknown binary format that starts with {}", hex(head)),
    };
    Kind::Other(found)
}

/// Which JSON file: other tools' traces are named, everything else may be a HAR.
fn json(body: &[u8]) -> Kind {
    let rest = body.get(1..).unwrap_or_default().trim_ascii_start();
    if !matches!(rest.first(), Some(b'"' | b'}') | None) {
        return Kind::Other(format!(
            "no JSON: {{ is followed by {:?}",
            first_words(rest)
        ));
    }
    if opens_object(body, b"log") {
        return Kind::Json { har: true };
    }
    let traces: [(&[u8], &str); 4] = [
        (
            b"\"logEventTypes\"",
            "a Chrome NetLog (chrome://net-export), not a HAR; export the network panel of DevTools instead",
        ),
        (
            b"\"traceEvents\"",
            "a Chrome performance trace, not a HAR; export the network panel of DevTools instead",
        ),
        (b"\"_postman_id\"", "a Postman collection"),
        (b"\"openapi\"", "an OpenAPI description"),
    ];
    traces
        .into_iter()
        .find(|(mark, _)| memmem::find(body, mark).is_some())
        .map_or(Kind::Json { har: false }, |(_, found)| {
            Kind::Other(found.to_owned())
        })
}

/// Whether `"key": {` occurs.
fn opens_object(body: &[u8], key: &[u8]) -> bool {
    memmem::find_iter(body, key).any(|at| {
        let before = at.checked_sub(1).and_then(|quote| body.get(quote));
        let after = body.get(at + key.len()..).unwrap_or_default();
        before == Some(&b'"')
            && after
                .strip_prefix(b"\"")
                .and_then(|rest| rest.trim_ascii_start().strip_prefix(b":"))
                .is_some_and(|rest| rest.trim_ascii_start().starts_with(b"{"))
    })
}

fn is_html(body: &[u8]) -> bool {
    let start = body
        .get(..body.len().min(1024))
        .unwrap_or_default()
        .to_ascii_lowercase();
    memmem::find(&start, b"<!doctype html").is_some() || memmem::find(&start, b"<html").is_some()
}

/// No control characters but line ends and tabs.
fn is_text(head: &[u8]) -> bool {
    head.iter()
        .all(|byte| *byte >= 0x20 || matches!(byte, b'\n' | b'\r' | b'\t' | 0x0c))
}

const EVENT_TRACE: &str = "a Windows event trace (ETL; convert it: etl2pcapng IN OUT)";

/// An ETL file starts with a buffer header: its size, then two offsets inside the buffer.
fn is_event_trace(head: &[u8]) -> bool {
    let word = |at: usize| {
        let bytes = head.get(at..at.checked_add(4)?)?;
        bytes.try_into().ok().map(u32::from_le_bytes)
    };
    match (word(0), word(4), word(8)) {
        (Some(size), Some(saved), Some(current)) => {
            size.is_power_of_two()
                && (4096..=1 << 20).contains(&size)
                && (72..=size).contains(&saved)
                && current <= size
        }
        _ => false,
    }
}

fn first_words(text: &[u8]) -> String {
    let line = text.split(|byte| *byte == b'\n').next().unwrap_or_default();
    String::from_utf8_lossy(line).chars().take(24).collect()
}

fn hex(bytes: &[u8]) -> String {
    let shown: Vec<String> = bytes
        .iter()
        .take(8)
        .map(|byte| format!("{byte:02x}"))
        .collect();
    shown.join(" ")
}

impl Kind {
    /// Whether it is certainly a HAR or a capture.
    pub(super) fn is_capture(&self) -> bool {
        matches!(self, Self::Format(_) | Self::Json { har: true })
    }
}
