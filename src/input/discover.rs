//! What the user typed → sources: files, directories, patterns, archives, standard input.

use super::peek::Peek;
use super::sniff::Kind;
use super::utf16;
use super::{MAX_LAYERS, Reader, Source, SourcePlace, archive};
use crate::error::{Error, ErrorKind};
use globset::{GlobBuilder, GlobMatcher};
use std::fs::{self, File};
use std::io::Read as _;
use std::path::{Path, PathBuf};

/// What was found.
#[derive(Debug, Default)]
pub struct Discovery {
    /// The inputs, in the order of the arguments and sorted by path inside a directory.
    pub sources: Vec<Source>,
    /// Arguments, directories and files that gave nothing.
    pub errors: Vec<Error>,
    /// Files inside directories and archives that are neither a HAR nor a capture.
    pub skipped: u64,
}

/// Finds the inputs that `paths` name: files, directories (with all below them), patterns as in `captures/**/*.har`,
/// and `-` for standard input. A zip archive gives one source for each capture in it.
///
/// A file that is named is a source whatever it holds; files inside a directory are looked into, and what is no
/// capture is skipped and counted. A directory or pattern without any capture is an error. Links to directories are
/// not followed.
pub fn discover<P: AsRef<Path>>(paths: &[P]) -> Discovery {
    let mut found = Discovery::default();
    for path in paths {
        found.argument(path.as_ref());
    }
    found
}

impl Discovery {
    fn argument(&mut self, path: &Path) {
        if path.as_os_str() == "-" {
            self.sources.push(Source {
                name: "(stdin)".to_owned(),
                place: SourcePlace::Stdin,
            });
            return;
        }
        match fs::metadata(path) {
            Ok(meta) if meta.is_dir() => self.directory(path, None, path),
            Ok(meta) => self.file(path, meta.is_file()),
            Err(error) => match pattern(path) {
                Some((base, matcher)) => self.directory(&base, Some(&matcher), path),
                None => self.errors.push(Error::new(display(path), error)),
            },
        }
    }

    /// A file that the user named. Only a regular file is looked into; a pipe must not be touched yet.
    fn file(&mut self, path: &Path, regular: bool) {
        if regular && is_zip(path) {
            return self.archive(path);
        }
        self.sources.push(file_source(path));
    }

    fn archive(&mut self, path: &Path) {
        match archive::members(path, &display(path)) {
            Ok(listing) => {
                self.sources.extend(listing.sources);
                self.skipped += listing.skipped;
            }
            Err(error) => self.errors.push(error),
        }
    }

    /// Everything below `base` that is a capture (and matches); `argument` is what the user typed.
    fn directory(&mut self, base: &Path, matcher: Option<&GlobMatcher>, argument: &Path) {
        let before = (self.sources.len(), self.errors.len());
        let mut pending = self.children(base);
        while let Some(path) = pending.pop() {
            if fs::symlink_metadata(&path).is_ok_and(|meta| meta.is_dir()) {
                pending.extend(self.children(&path));
            } else if matcher.is_none_or(|matcher| matcher.is_match(&path)) {
                self.candidate(&path);
            }
        }
        if before == (self.sources.len(), self.errors.len()) {
            self.errors
                .push(Error::new(display(argument), ErrorKind::NothingFound));
        }
    }

    /// What lies in `directory`, last name first, as a stack wants it.
    fn children(&mut self, directory: &Path) -> Vec<PathBuf> {
        let listed = if directory.as_os_str().is_empty() {
            Path::new(".")
        } else {
            directory
        };
        let children = fs::read_dir(listed).and_then(|entries| {
            entries
                .map(|entry| entry.map(|entry| directory.join(entry.file_name())))
                .collect::<Result<Vec<_>, _>>()
        });
        match children {
            Ok(mut paths) => {
                paths.sort_by(|a, b| b.cmp(a));
                paths
            }
            Err(error) => {
                self.errors.push(Error::new(display(directory), error));
                Vec::new()
            }
        }
    }

    /// A file that was met in a directory.
    fn candidate(&mut self, path: &Path) {
        if !fs::metadata(path).is_ok_and(|meta| meta.is_file()) {
            return;
        }
        let file = match File::open(path) {
            Ok(file) => file,
            Err(error) => return self.errors.push(Error::new(display(path), error)),
        };
        if is_zip(path) {
            match archive::members(path, &display(path)) {
                Ok(listing) => {
                    self.sources.extend(listing.sources);
                    self.skipped += listing.skipped;
                }
                Err(_) => self.skipped += 1,
            }
        } else if is_capture(Box::new(file)) {
            self.sources.push(file_source(path));
        } else {
            self.skipped += 1;
        }
    }
}

/// Whether a HAR or a capture lies in `reader`, under whatever compression.
pub(super) fn is_capture(reader: Reader) -> bool {
    let mut peek = Peek::new(reader);
    for _ in 0..=MAX_LAYERS {
        peek = match peek.kind() {
            Ok(Kind::Packed(packing)) => match packing.reader(peek.into_reader()) {
                Ok(inner) => Peek::new(inner),
                Err(_) => return false,
            },
            Ok(Kind::Utf16(order)) => {
                Peek::new(Box::new(utf16::Decoder::new(peek.into_reader(), order)))
            }
            Ok(kind) => return kind.is_capture(),
            Err(_) => return false,
        };
    }
    false
}

fn file_source(path: &Path) -> Source {
    Source {
        name: display(path),
        place: SourcePlace::File(path.to_owned()),
    }
}

fn is_zip(path: &Path) -> bool {
    let mut mark = [0; 4];
    File::open(path).is_ok_and(|mut file| file.read_exact(&mut mark).is_ok())
        && matches!(&mark, b"PK\x03\x04" | b"PK\x05\x06")
}

/// Splits a pattern into the directory that it starts from and the matcher; `None` for a plain path.
fn pattern(path: &Path) -> Option<(PathBuf, GlobMatcher)> {
    let text = path.to_str()?;
    let special = text.find(['*', '?', '[', '{'])?;
    let glob = GlobBuilder::new(text)
        .literal_separator(true)
        .build()
        .ok()?;
    let base = match text.get(..special)?.rfind('/') {
        Some(0) => PathBuf::from("/"),
        Some(slash) => PathBuf::from(text.get(..slash)?),
        None => PathBuf::new(),
    };
    Some((base, glob.compile_matcher()))
}

fn display(path: &Path) -> String {
    path.display().to_string()
}
