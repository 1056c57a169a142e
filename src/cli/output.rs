//! Where bytes go: standard output or a file, always buffered.

use super::Failure;
use std::cell::RefCell;
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::rc::Rc;

/// A place to write to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Target {
    Stdout,
    File(PathBuf),
}

impl Target {
    /// `-` and no path mean standard output.
    pub(super) fn new(path: Option<PathBuf>) -> Self {
        match path {
            Some(path) if path.as_os_str() != "-" => Self::File(path),
            _ => Self::Stdout,
        }
    }

    fn name(&self) -> String {
        match self {
            Self::Stdout => "standard output".to_owned(),
            Self::File(path) => path.display().to_string(),
        }
    }

    /// Opens it. A file that is one of `inputs` is refused: it would be emptied before it is read.
    pub(super) fn open(&self, inputs: &[&Path], trouble: &Trouble) -> Result<Output, Failure> {
        let inner: Box<dyn Write> = match self {
            Self::Stdout => Box::new(io::stdout().lock()),
            Self::File(path) => {
                if let Ok(own) = fs::canonicalize(path)
                    && inputs
                        .iter()
                        .any(|input| fs::canonicalize(input).is_ok_and(|input| input == own))
                {
                    return Err(Failure::usage(format!(
                        "{}: is an input and would be overwritten",
                        path.display()
                    )));
                }
                let file = File::create(path).map_err(|error| Failure::Output {
                    target: self.name(),
                    error,
                })?;
                Box::new(file)
            }
        };
        Ok(Output {
            inner: Rc::new(RefCell::new(BufWriter::with_capacity(1 << 16, inner))),
            target: self.name(),
            trouble: Rc::clone(&trouble.0),
        })
    }
}

/// Remembers which of several outputs failed, since a sink's error does not say.
#[derive(Debug, Default)]
pub(super) struct Trouble(Rc<RefCell<Option<String>>>);

impl Trouble {
    /// The failure for an error that came out of a sink.
    pub(super) fn failure(&self, error: io::Error) -> Failure {
        Failure::Output {
            target: self
                .0
                .borrow_mut()
                .take()
                .unwrap_or_else(|| "the report".to_owned()),
            error,
        }
    }
}

/// An open target. Clones write to the same place, one after the other.
#[derive(Clone)]
pub(super) struct Output {
    inner: Rc<RefCell<BufWriter<Box<dyn Write>>>>,
    target: String,
    trouble: Rc<RefCell<Option<String>>>,
}

impl Output {
    fn noted<T>(&self, result: io::Result<T>) -> io::Result<T> {
        if result.is_err() {
            *self.trouble.borrow_mut() = Some(self.target.clone());
        }
        result
    }
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let result = self.inner.borrow_mut().write(bytes);
        self.noted(result)
    }

    fn flush(&mut self) -> io::Result<()> {
        let result = self.inner.borrow_mut().flush();
        self.noted(result)
    }
}
