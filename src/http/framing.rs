//! Where a message's content ends (RFC 9112 §6 and §7), without keeping or copying it.

/// How the end of a message's content is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Length {
    /// There is no content.
    None,
    /// So many bytes.
    Exactly(u64),
    /// The chunked transfer coding says.
    Chunked,
    /// Everything until the connection closes.
    UntilClose,
}

/// What the fields of a message say about its length.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Declared {
    /// Content-Length.
    pub content_length: ContentLength,
    /// Transfer-Encoding, if there is any.
    pub transfer_coding: Option<TransferCoding>,
}

/// The Content-Length field lines of a message, taken together.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum ContentLength {
    /// No such field.
    #[default]
    Absent,
    /// One number, possibly repeated.
    Valid(u64),
    /// Not a number, several different numbers, or one above 2^63.
    Invalid,
}

/// The Transfer-Encoding of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TransferCoding {
    /// `chunked` is the last coding.
    Chunked,
    /// Something else is.
    Other,
}

impl Declared {
    /// Takes a Content-Length field line into account.
    pub fn add_content_length(&mut self, value: &[u8]) {
        for element in value.split(|byte| *byte == b',') {
            let length = match number(element.trim_ascii()) {
                Some(length) => ContentLength::Valid(length),
                None => ContentLength::Invalid,
            };
            self.content_length = match self.content_length {
                ContentLength::Absent => length,
                same if same == length => same,
                _ => ContentLength::Invalid,
            };
        }
    }

    /// Takes a Transfer-Encoding field line into account.
    pub fn add_transfer_encoding(&mut self, value: &[u8]) {
        let last = value
            .rsplit(|byte| *byte == b',')
            .next()
            .unwrap_or_default();
        let is_chunked = last.trim_ascii().eq_ignore_ascii_case(b"chunked");
        self.transfer_coding = Some(match is_chunked {
            true => TransferCoding::Chunked,
            false => TransferCoding::Other,
        });
    }

    /// The length of a request's content (RFC 9112 §6.3, items 3 to 7).
    pub fn of_request(self) -> Length {
        match (self.transfer_coding, self.content_length) {
            (Some(TransferCoding::Chunked), _) => Length::Chunked,
            (None, ContentLength::Valid(length)) if length > 0 => Length::Exactly(length),
            _ => Length::None,
        }
    }

    /// The length of an answer's content, unless its status or its request's method rules content out.
    pub fn of_answer(self) -> Length {
        match (self.transfer_coding, self.content_length) {
            (Some(TransferCoding::Chunked), _) => Length::Chunked,
            (None, ContentLength::Valid(0)) => Length::None,
            (None, ContentLength::Valid(length)) => Length::Exactly(length),
            _ => Length::UntilClose,
        }
    }

    /// Whether recipients may disagree about the length.
    pub fn is_ambiguous(self) -> bool {
        let has_both =
            self.transfer_coding.is_some() && self.content_length != ContentLength::Absent;
        has_both
            || self.content_length == ContentLength::Invalid
            || self.transfer_coding == Some(TransferCoding::Other)
    }
}

fn number(digits: &[u8]) -> Option<u64> {
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let number = digits.iter().try_fold(0u64, |number, digit| {
        let digit = u64::from(digit.wrapping_sub(b'0'));
        number.checked_mul(10)?.checked_add(digit)
    })?;
    (number < 1 << 63).then_some(number)
}

/// Content that is being passed over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    /// So many bytes are to come.
    Remaining(u64),
    /// The chunked transfer coding.
    Chunked(Chunked),
    /// Until the connection closes.
    UntilClose,
}

/// What became of bytes handed to [`Content::pass`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Passed {
    /// All belong to the content, which goes on.
    All,
    /// The content ends after so many of them.
    End(usize),
    /// After so many of them the transfer coding is damaged.
    Damaged(usize),
}

impl Content {
    /// Content of that length; `None` when there is none.
    pub fn new(length: Length) -> Option<Self> {
        match length {
            Length::None | Length::Exactly(0) => None,
            Length::Exactly(length) => Some(Self::Remaining(length)),
            Length::Chunked => Some(Self::Chunked(Chunked::default())),
            Length::UntilClose => Some(Self::UntilClose),
        }
    }

    /// Passes over `bytes` as far as they belong to the content, which is shown to `content` without its coding.
    #[inline]
    pub fn pass(&mut self, bytes: &[u8], content: &mut impl FnMut(&[u8])) -> Passed {
        match self {
            Self::UntilClose => {
                content(bytes);
                Passed::All
            }
            Self::Remaining(remaining) => {
                let len = bytes.len() as u64;
                if len < *remaining {
                    *remaining -= len;
                    content(bytes);
                    return Passed::All;
                }
                let end = usize::try_from(*remaining).unwrap_or(bytes.len());
                content(bytes.get(..end).unwrap_or(bytes));
                *remaining = 0;
                Passed::End(end)
            }
            Self::Chunked(chunked) => chunked.pass(bytes, content),
        }
    }

    /// Passes over `len` bytes that were not captured; `None` when the place in the content is lost with them.
    ///
    /// The result is how many of them lie beyond the content's end.
    pub fn pass_gap(&mut self, len: u64) -> Option<u64> {
        match self {
            Self::UntilClose => Some(0),
            Self::Remaining(remaining) => {
                let beyond = len.saturating_sub(*remaining);
                *remaining = remaining.saturating_sub(len);
                Some(beyond)
            }
            Self::Chunked(chunked) => chunked.pass_gap(len),
        }
    }

    /// Whether the content's length is known and all of it was passed.
    pub fn is_over(&self) -> bool {
        *self == Self::Remaining(0)
    }
}

/// A place in the chunked transfer coding (RFC 9112 §7.1).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Chunked {
    place: Place,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// In a chunk's size, with the value so far and whether a digit was seen.
    Size { size: u64, has_digit: bool },
    /// In a chunk's extensions.
    Extension { size: u64 },
    /// In a chunk's data.
    Data { remaining: u64 },
    /// In the line end after a chunk's data.
    DataEnd,
    /// In the trailer section, so many bytes after a line's start.
    Trailer { column: u32 },
}

impl Default for Place {
    fn default() -> Self {
        Self::Size {
            size: 0,
            has_digit: false,
        }
    }
}

impl Chunked {
    fn pass(&mut self, bytes: &[u8], content: &mut impl FnMut(&[u8])) -> Passed {
        let mut at = 0;
        while let Some(rest) = bytes.get(at..).filter(|rest| !rest.is_empty()) {
            if let Place::Data { remaining } = &mut self.place {
                let len = (rest.len() as u64).min(*remaining);
                *remaining -= len;
                let is_over = *remaining == 0;
                let data = rest.get(..len as usize).unwrap_or(rest);
                content(data);
                at += data.len();
                if is_over {
                    self.place = Place::DataEnd;
                }
                continue;
            }
            let Some(byte) = rest.first() else {
                break;
            };
            match self.step(*byte) {
                Step::On => at += 1,
                Step::Over => return Passed::End(at + 1),
                Step::Damaged => return Passed::Damaged(at),
            }
        }
        Passed::All
    }

    fn step(&mut self, byte: u8) -> Step {
        self.place = match (self.place, byte) {
            (Place::Size { size, .. }, _) if byte.is_ascii_hexdigit() => {
                let digit = char::from(byte).to_digit(16).unwrap_or(0);
                if size >> 59 != 0 {
                    return Step::Damaged;
                }
                Place::Size {
                    size: size << 4 | u64::from(digit),
                    has_digit: true,
                }
            }
            // Line ends may be bare; white space around the size is common.
            (place @ Place::Size { .. }, b'\r' | b' ' | b'\t') => place,
            (Place::Size { has_digit, .. }, _) if !has_digit => return Step::Damaged,
            (Place::Size { size, .. } | Place::Extension { size }, b'\n') => match size {
                0 => Place::Trailer { column: 0 },
                remaining => Place::Data { remaining },
            },
            (Place::Size { size, .. }, b';') | (Place::Extension { size }, _) => {
                Place::Extension { size }
            }
            (Place::Size { .. }, _) => return Step::Damaged,
            (Place::DataEnd, b'\r') => Place::DataEnd,
            (Place::DataEnd, b'\n') => Place::default(),
            (Place::DataEnd, _) => return Step::Damaged,
            (Place::Trailer { column: 0 }, b'\n') => return Step::Over,
            (Place::Trailer { column }, b'\r') => Place::Trailer { column },
            (Place::Trailer { .. }, b'\n') => Place::Trailer { column: 0 },
            (Place::Trailer { column }, _) => Place::Trailer {
                column: column.saturating_add(1),
            },
            (place @ Place::Data { .. }, _) => place,
        };
        Step::On
    }

    fn pass_gap(&mut self, len: u64) -> Option<u64> {
        match &mut self.place {
            Place::Data { remaining } if len < *remaining => {
                *remaining -= len;
                Some(0)
            }
            _ => None,
        }
    }
}

enum Step {
    On,
    Over,
    Damaged,
}

#[cfg(test)]
#[path = "framing_tests.rs"]
mod tests;
