//! What files are, by their content.

use super::*;
use std::io::Write as _;
use std::path::Path;
use tempfile::TempDir;

const HAR: &[u8] = br#"{"log":{"version":"1.2","entries":[]}}"#;
const PCAP: &[u8] = b"\xd4\xc3\xb2\xa1\x02\0\x04\0\0\0\0\0\0\0\0\0\0\0\x04\0\x01\0\0\0";

fn folder(files: &[(&str, &[u8])]) -> TempDir {
    let folder = TempDir::new().unwrap();
    for (name, bytes) in files {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }
    folder
}

/// Format and unpacked bytes, or the error's text without the path.
fn opened(bytes: &[u8]) -> Result<(Format, Vec<u8>), String> {
    let folder = folder(&[("x", bytes)]);
    open_path(&folder.path().join("x"))
}

fn open_path(path: &Path) -> Result<(Format, Vec<u8>), String> {
    let source = Source {
        name: "x".to_owned(),
        place: SourcePlace::File(path.to_owned()),
    };
    open_source(&source)
}

fn open_source(source: &Source) -> Result<(Format, Vec<u8>), String> {
    let mut opened = open(source).map_err(|error| error.to_string())?;
    let mut bytes = Vec::new();
    opened
        .reader
        .read_to_end(&mut bytes)
        .map_err(|error| error.to_string())?;
    assert_eq!(Some(opened.position.bytes()), opened.size);
    Ok((opened.format, bytes))
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packer.write_all(bytes).unwrap();
    packer.finish().unwrap()
}

fn names(discovery: &Discovery, folder: &TempDir) -> Vec<String> {
    let prefix = format!("{}/", folder.path().display());
    discovery
        .sources
        .iter()
        .map(|source| source.name.replace(&prefix, ""))
        .collect()
}

/// A zip archive with its members stored or deflated.
fn zip(members: &[(&str, &[u8])], deflate: bool) -> Vec<u8> {
    let (mut file, mut directory) = (Vec::new(), Vec::new());
    for (name, bytes) in members {
        let mut crc = flate2::Crc::new();
        crc.update(bytes);
        let packed = if deflate {
            let mut packer =
                flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::fast());
            packer.write_all(bytes).unwrap();
            packer.finish().unwrap()
        } else {
            bytes.to_vec()
        };
        let mut shared = vec![20, 0, 0, 0, if deflate { 8 } else { 0 }, 0, 0, 0, 0x21, 0];
        shared.extend(crc.sum().to_le_bytes());
        shared.extend((packed.len() as u32).to_le_bytes());
        shared.extend((bytes.len() as u32).to_le_bytes());
        shared.extend((name.len() as u16).to_le_bytes());
        shared.extend([0, 0]);
        directory.extend(*b"PK\x01\x02\x14\0");
        directory.extend(&shared);
        directory.extend([0; 10]);
        directory.extend((file.len() as u32).to_le_bytes());
        directory.extend(name.as_bytes());
        file.extend(*b"PK\x03\x04");
        file.extend(&shared);
        file.extend(name.as_bytes());
        file.extend(packed);
    }
    let start = file.len() as u32;
    file.extend(&directory);
    file.extend(*b"PK\x05\x06\0\0\0\0");
    file.extend([members.len() as u8, 0, members.len() as u8, 0]);
    file.extend((directory.len() as u32).to_le_bytes());
    file.extend(start.to_le_bytes());
    file.extend([0, 0]);
    file
}

#[test]
fn formats_are_told_by_content() {
    assert_eq!(opened(HAR), Ok((Format::Har, HAR.to_vec())));
    assert_eq!(opened(PCAP), Ok((Format::Pcap, PCAP.to_vec())));
    for mark in [0xa1b2_c3d4u32, 0xa1b2_3c4d, 0xa1b2_cd34] {
        for mark in [mark.to_le_bytes(), mark.to_be_bytes()] {
            assert_eq!(opened(&mark).unwrap().0, Format::Pcap);
        }
    }
    let little = b"\x0a\x0d\x0d\x0a\x1c\0\0\0\x4d\x3c\x2b\x1a\x01\0\0\0";
    let big = b"\x0a\x0d\x0d\x0a\0\0\0\x1c\x1a\x2b\x3c\x4d\0\x01\0\0";
    assert_eq!(opened(little).unwrap().0, Format::Pcapng);
    assert_eq!(opened(big).unwrap().0, Format::Pcapng);
}

#[test]
fn a_har_may_start_with_a_mark_or_white_space_and_be_utf_16() {
    let text = "\u{feff} \n{\"log\":{\"comment\":\"é😀\",\"entries\":[]}}";
    assert_eq!(opened(text.as_bytes()).unwrap().0, Format::Har);
    let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
    assert_eq!(opened(&little), Ok((Format::Har, text.as_bytes().to_vec())));
    assert_eq!(opened(&big), Ok((Format::Har, text.as_bytes().to_vec())));
}

#[test]
fn utf_16_survives_any_cut() {
    struct Drip(Vec<u8>, usize);
    impl Read for Drip {
        fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
            let count = self.1.min(self.0.len()).min(buf.len());
            buf[..count].copy_from_slice(&self.0[..count]);
            self.0.drain(..count);
            Ok(count)
        }
    }
    let text = "a😀é\u{feff}😀";
    let mut bytes: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    bytes.extend([0x3d, 0xd8, 0x41]);
    for size in 1..8 {
        let drip = Box::new(Drip(bytes.clone(), size));
        let mut decoded = String::new();
        utf16::Decoder::new(drip, utf16::ByteOrder::Little)
            .read_to_string(&mut decoded)
            .unwrap();
        assert_eq!(decoded, format!("{text}\u{fffd}\u{fffd}"));
    }
}

#[test]
fn compressed_files_read_as_what_is_inside() {
    let mut members = gzip(&HAR[..10]);
    members.extend(gzip(&HAR[10..]));
    let zstd = zstd::encode_all(HAR, 1).unwrap();
    let mut lz4 = lz4_flex::frame::FrameEncoder::new(Vec::new());
    lz4.write_all(HAR).unwrap();
    let mut xz = liblzma::write::XzEncoder::new(Vec::new(), 1);
    xz.write_all(HAR).unwrap();
    let mut bzip2 = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::fast());
    bzip2.write_all(HAR).unwrap();
    let packed = [
        gzip(HAR),
        members,
        gzip(&gzip(HAR)),
        zstd,
        lz4.finish().unwrap(),
        xz.finish().unwrap(),
        bzip2.finish().unwrap(),
    ];
    for bytes in packed {
        assert_eq!(opened(&bytes), Ok((Format::Har, HAR.to_vec())));
    }
}

#[test]
fn what_is_neither_is_named() {
    let said = |bytes: &[u8]| {
        let error = opened(bytes).unwrap_err();
        let expected = "; expected a HAR file, a pcap or a pcapng capture";
        error.trim_start_matches("x: ").replace(expected, "")
    };
    assert_eq!(said(b""), "is empty");
    assert_eq!(said(b"\x89PNG\r\n\x1a\n"), "is a PNG image");
    assert_eq!(said(b"\xff\xd8\xff\xe0"), "is a JPEG image");
    assert_eq!(said(b"%PDF-1.7"), "is a PDF document");
    assert_eq!(said(b"\n<!DOCTYPE html><p>"), "is an HTML page");
    assert_eq!(
        said(b"hello world\n"),
        "is plain text that starts with \"hello world\""
    );
    assert_eq!(said(b"[1]"), "is a JSON array");
    assert_eq!(said(&gzip(b"\x89PNG\r\n")), "is a PNG image inside gzip");
    assert_eq!(
        said(&gzip(b"")),
        "cannot be unpacked (gzip): there is nothing inside"
    );
    assert!(said(b"\x1f\x8b\x08junk").starts_with("cannot be unpacked (gzip): "));
    assert!(said(b"snoop\0\0\0\0\0\0\x02").starts_with("is a snoop capture"));
    assert!(said(br#"{"constants":{"logEventTypes":{}}"#).starts_with("is a Chrome NetLog"));
    assert!(said(b"\0\x01\x02\x03").starts_with("is of an unknown binary format"));
}

#[test]
fn a_folder_gives_its_captures_sorted_and_counts_the_rest() {
    let packed = gzip(PCAP);
    let folder = folder(&[
        ("b.har", HAR),
        ("a/z.txt", PCAP),
        ("a/package.json", br#"{"name":"x"}"#),
        ("a/b/c.gz", &packed),
        ("readme", b"text"),
    ]);
    let found = discover(&[folder.path()]);
    assert_eq!(names(&found, &folder), ["a/b/c.gz", "a/z.txt", "b.har"]);
    assert_eq!((found.errors.len(), found.skipped), (0, 2));
}

#[test]
fn a_folder_or_pattern_without_captures_is_an_error() {
    let folder = folder(&[("readme", b"text")]);
    let pattern = folder.path().join("*.har");
    let found = discover(&[folder.path(), &pattern]);
    let errors: Vec<_> = found.errors.iter().map(ToString::to_string).collect();
    assert_eq!(errors.len(), 2);
    assert!(
        errors
            .iter()
            .all(|error| error.ends_with("holds no HAR file and no packet capture"))
    );
}

#[test]
fn a_pattern_matches_as_shells_do() {
    let folder = folder(&[
        ("a.har", HAR),
        ("b/c.har", HAR),
        ("b/d.pcap", PCAP),
        ("[x].har", HAR),
    ]);
    let found = |pattern: &str| names(&discover(&[folder.path().join(pattern)]), &folder);
    assert_eq!(found("*.har"), ["[x].har", "a.har"]);
    assert_eq!(found("**/*.har"), ["[x].har", "a.har", "b/c.har"]);
    assert_eq!(found("b/{c,d}.*"), ["b/c.har", "b/d.pcap"]);
    // A name that exists is no pattern.
    assert_eq!(found("[x].har"), ["[x].har"]);
}

#[test]
fn each_capture_in_a_zip_archive_is_a_source() {
    let members: [(&str, &[u8]); 3] = [("b.har", HAR), ("notes.txt", b"text"), ("d/a.pcap", PCAP)];
    for deflate in [false, true] {
        let folder = folder(&[("x.zip", &zip(&members, deflate))]);
        let found = discover(&[folder.path().join("x.zip")]);
        assert_eq!(names(&found, &folder), ["x.zip/b.har", "x.zip/d/a.pcap"]);
        assert_eq!(found.skipped, 1);
        let bytes: Vec<_> = found.sources.iter().map(open_source).collect();
        assert_eq!(
            bytes,
            [
                Ok((Format::Har, HAR.to_vec())),
                Ok((Format::Pcap, PCAP.to_vec()))
            ]
        );
    }
}

#[test]
fn an_archive_without_captures_is_named() {
    let folder = folder(&[
        ("a.saz", &zip(&[("raw/01_c.txt", b"GET /")], true)),
        ("b.zip", &zip(&[("x", b"text")], true)),
        ("c.zip", b"PK\x03\x04 and then nothing"),
    ]);
    let paths = ["a.saz", "b.zip", "c.zip"].map(|name| folder.path().join(name));
    let errors: Vec<_> = discover(&paths)
        .errors
        .iter()
        .map(ToString::to_string)
        .collect();
    assert!(errors[0].contains("a Fiddler session archive"));
    assert!(errors[1].contains("a zip archive without any HAR or capture in it"));
    assert!(errors[2].contains("cannot be unpacked (zip)"));
}

#[test]
fn what_cannot_be_opened_is_told() {
    let found = discover(&["no/such/file.har"]);
    assert!(
        found.errors[0]
            .to_string()
            .starts_with("no/such/file.har: cannot be read: ")
    );
    assert!(
        open_path(Path::new("."))
            .unwrap_err()
            .contains("cannot be read: is a directory")
    );
}

#[test]
fn a_dash_is_standard_input() {
    assert_eq!(discover(&["-"]).sources[0].place, SourcePlace::Stdin);
}
