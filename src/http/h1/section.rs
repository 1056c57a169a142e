//! The field section of a head: what it says about framing, and what of it is kept.

use super::super::field::{Names, Place};
use super::super::framing::Declared;
use super::super::interest::may_matter;
use super::super::{Fields, Interest};
use httparse::Header;

/// A field section, as views on the bytes.
#[derive(Clone, Copy)]
pub(super) enum Section<'h, 'b> {
    /// Lines of this head, without those that nobody wants.
    Plain(&'b [u8], &'h [Place]),
    /// Fields as they were found; values may hold line ends where `may_fold`.
    Other {
        fields: &'h [Header<'b>],
        may_fold: bool,
    },
}

/// What the fields say beside their own meaning: framing, and whether the message bears on CORS.
#[derive(Default)]
pub(super) struct Facts<'b> {
    pub(super) declared: Declared,
    pub(super) host: Option<&'b [u8]>,
    pub(super) expects_continue: bool,
    pub(super) upgrades_to_h2: bool,
    pub(super) is_encoded: bool,
    pub(super) matters: bool,
}

/// Fields that decide on more than their own meaning.
static TELLING: Names = Names::new(&[
    "content-encoding",
    "content-length",
    "expect",
    "host",
    "transfer-encoding",
    "upgrade",
]);

impl<'b> Section<'_, 'b> {
    /// No fields.
    pub(super) const EMPTY: Self = Self::Other {
        fields: &[],
        may_fold: false,
    };

    /// Goes through the fields once. `matters` decides on a name and a value.
    pub(super) fn facts(&self, matters: impl Fn(&[u8], &[u8]) -> bool) -> Facts<'b> {
        let mut facts = Facts::default();
        match self {
            Self::Plain(head, places) => {
                for place in *places {
                    let name = place.name_in(head);
                    if TELLING.may_have(place.mark) {
                        facts.note(name, place.value_in(head));
                    }
                    if !facts.matters && may_matter(place.mark, name) {
                        facts.matters = matters(name, place.value_in(head));
                    }
                }
            }
            Self::Other { fields, .. } => {
                for Header { name, value } in *fields {
                    facts.note(name.as_bytes(), value);
                    facts.matters = facts.matters || matters(name.as_bytes(), value);
                }
            }
        }
        facts
    }

    /// The fields that `interest` wants, in their lasting form; folded lines (RFC 9112 §5.2) are joined by a space.
    pub(super) fn keep(&self, interest: Interest) -> Fields {
        match self {
            Self::Plain(head, places) => Fields::from_places(head, places),
            Self::Other { fields, may_fold } => keep_others(fields, *may_fold, interest),
        }
    }

    /// How many fields there are.
    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        match self {
            Self::Plain(_, places) => places.len(),
            Self::Other { fields, .. } => fields.len(),
        }
    }
}

impl<'b> Facts<'b> {
    /// Takes a field into account that may be one of [`TELLING`].
    fn note(&mut self, name: &[u8], value: &'b [u8]) {
        let is = |known: &str| name.eq_ignore_ascii_case(known.as_bytes());
        // Lengths first: most names are none of these.
        match name.len() {
            4 if is("host") && self.host.is_none() => self.host = Some(value),
            6 if is("expect") => {
                self.expects_continue = value.trim_ascii().eq_ignore_ascii_case(b"100-continue");
            }
            7 if is("upgrade") => {
                self.upgrades_to_h2 |= value.trim_ascii().eq_ignore_ascii_case(b"h2c");
            }
            14 if is("content-length") => self.declared.add_content_length(value),
            16 if is("content-encoding") => {
                self.is_encoded |= !value.trim_ascii().eq_ignore_ascii_case(b"identity");
            }
            17 if is("transfer-encoding") => self.declared.add_transfer_encoding(value),
            _ => {}
        }
    }
}

fn keep_others(fields: &[Header<'_>], may_fold: bool, interest: Interest) -> Fields {
    let is_folded = |field: &Header<'_>| memchr::memchr(b'\n', field.value).is_some();
    let pairs = fields
        .iter()
        .map(|field| (field.name.as_bytes(), field.value));
    if !may_fold || !fields.iter().any(is_folded) {
        return Fields::from_bytes(pairs, interest.idle_fields());
    }
    let whole: Vec<_> = pairs.map(|(name, value)| (name, unfold(value))).collect();
    let pairs = whole.iter().map(|(name, value)| (*name, &**value));
    Fields::from_bytes(pairs, interest.idle_fields())
}

fn unfold(value: &[u8]) -> Vec<u8> {
    let lines = value.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii);
    lines.collect::<Vec<_>>().join(&b' ')
}
