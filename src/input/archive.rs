//! Zip archives: finds the captures among their members and opens one. Encrypted members are refused.

use super::decompress::Packing;
use super::{Reader, Source, SourcePlace};
use crate::error::{Error, ErrorKind};
use std::fs::File;
use std::io::{BufReader, Read as _, Seek as _, SeekFrom};
use std::path::Path;
use zip::{CompressionMethod, ZipArchive};

/// What an archive holds for us.
pub(super) struct Listing {
    pub(super) sources: Vec<Source>,
    /// Members that are no capture, by content.
    pub(super) skipped: u64,
}

/// Every member of `path` that is a HAR or a capture, in the order of the archive's directory.
pub(super) fn members(path: &Path, name: &str) -> Result<Listing, Error> {
    let fail = |kind: ErrorKind| Error::new(name, kind);
    let mut archive = read_directory(path).map_err(fail)?;
    let mut listing = Listing {
        sources: Vec::new(),
        skipped: 0,
    };
    let mut names = Vec::new();
    for index in 0..archive.len() {
        let member = archive
            .by_index_raw(index)
            .map_err(|error| fail(unreadable(&error)))?;
        if !member.is_file() {
            continue;
        }
        let member_name = String::from_utf8_lossy(member.name_raw()).into_owned();
        drop(member);
        let is_capture = open_member(path, index, |packed| packed)
            .is_ok_and(|(reader, _)| super::discover::is_capture(reader));
        if is_capture {
            listing.sources.push(Source {
                name: format!("{name}/{member_name}"),
                place: SourcePlace::Member {
                    archive: path.to_owned(),
                    index,
                },
            });
        } else {
            listing.skipped += 1;
        }
        names.push(member_name);
    }
    if listing.sources.is_empty() {
        return Err(fail(ErrorKind::UnknownFormat {
            found: kind(&names),
        }));
    }
    Ok(listing)
}

/// The unpacked bytes of a member, and the size of its packed form.
///
/// `count` is put around the packed bytes.
pub(super) fn open_member(
    path: &Path,
    index: usize,
    count: impl FnOnce(Reader) -> Reader,
) -> Result<(Reader, u64), ErrorKind> {
    let mut archive = read_directory(path)?;
    let member = archive
        .by_index_raw(index)
        .map_err(|error| unreadable(&error))?;
    if member.encrypted() {
        return Err(broken("the member is encrypted".to_owned()));
    }
    let (method, size) = (member.compression(), member.compressed_size());
    let start = member
        .data_start()
        .ok_or_else(|| broken("the member's place is unknown".to_owned()))?;
    drop(member);
    let mut file = File::open(path)?;
    file.seek(SeekFrom::Start(start))?;
    let packed = count(Box::new(file.take(size)));
    let reader: Reader = match method {
        CompressionMethod::STORE => packed,
        CompressionMethod::DEFLATE => Box::new(flate2::read::DeflateDecoder::new(packed)),
        CompressionMethod::BZIP2 => Packing::Bzip2.reader(packed)?,
        CompressionMethod::ZSTD => Packing::Zstd.reader(packed)?,
        CompressionMethod::XZ => Packing::Xz.reader(packed)?,
        other => {
            return Err(broken(format!(
                "compression method {other} is not supported"
            )));
        }
    };
    Ok((reader, size))
}

fn read_directory(path: &Path) -> Result<ZipArchive<BufReader<File>>, ErrorKind> {
    ZipArchive::new(BufReader::new(File::open(path)?)).map_err(|error| unreadable(&error))
}

fn unreadable(error: &zip::result::ZipError) -> ErrorKind {
    broken(error.to_string())
}

fn broken(detail: String) -> ErrorKind {
    ErrorKind::Compressed {
        format: "zip",
        detail,
    }
}

/// Archives that are well known to hold traffic in a form of their own.
fn kind(names: &[String]) -> String {
    let any = |matches: &dyn Fn(&str) -> bool| names.iter().any(|name| matches(name));
    if any(&|name| name.starts_with("raw/") && name.ends_with("_c.txt")) {
        "a Fiddler session archive (SAZ; export the sessions as HTTPArchive)".to_owned()
    } else if any(&|name| name.ends_with(".trace")) && any(&|name| name.ends_with(".network")) {
        "a Playwright trace (record a HAR: recordHar)".to_owned()
    } else if any(&|name| name == "[Content_Types].xml") {
        "an Office document".to_owned()
    } else {
        "a zip archive without any HAR or capture in it".to_owned()
    }
}
