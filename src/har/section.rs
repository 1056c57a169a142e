//! A field section as it stands in the file, without what nobody will ask for.

use super::cursor::{Cursor, Form, Malformed};
use super::model::{object, take};
use super::text::Text;
use crate::http::Names;

/// Names and values in order, undecoded.
#[derive(Debug)]
pub(super) struct Section<'a> {
    fields: Vec<(Text<'a>, Text<'a>)>,
    idle: &'static Names,
    /// Fields were left out: idle ones, pseudo fields, those without a name.
    has_others: bool,
    /// HTTP/2's pseudo fields are there: control data, whose values stand elsewhere.
    pub(super) has_pseudo: bool,
}

type Step<T> = Result<T, Malformed>;

impl Default for Section<'_> {
    fn default() -> Self {
        Self::without(&Names::NONE)
    }
}

impl<'a> Section<'a> {
    /// An empty one that leaves out the fields called as one of `idle`.
    pub(super) fn without(idle: &'static Names) -> Self {
        Self {
            fields: Vec::new(),
            idle,
            has_others: false,
            has_pseudo: false,
        }
    }

    /// An empty one that reuses the memory.
    pub(super) fn cleared(mut self) -> Self {
        self.fields.clear();
        Self {
            fields: self.fields,
            ..Self::without(self.idle)
        }
    }

    /// The fields that were not left out.
    pub(super) fn fields(&self) -> &[(Text<'a>, Text<'a>)] {
        &self.fields
    }

    /// Whether the section held nothing at all.
    pub(super) fn is_empty(&self) -> bool {
        self.fields.is_empty() && !self.has_others
    }

    /// Reads a list of `{name, value}`, where a value may be a list of values, or one object by name.
    pub(super) fn read(&mut self, cursor: &mut Cursor<'a>) -> Step<()> {
        let mut form = Form::default();
        match cursor.peek() {
            Some(b'[') => cursor.array(|cursor| match cursor.name_and_value(&mut form) {
                Some((name, value)) => {
                    self.add(name, value);
                    while let Some((name, value)) = cursor.name_and_value_alike(&form) {
                        self.add(name, value);
                    }
                    Ok(())
                }
                None => self.read_field(cursor),
            }),
            Some(b'{') => cursor.object(|cursor, name| {
                let mut values = Vec::new();
                read_values(&mut values, cursor)?;
                self.add_all(Text::new(name, false), values);
                Ok(())
            }),
            _ => cursor.skip(),
        }
    }

    /// A field of any form; its name may come behind its values.
    #[cold]
    fn read_field(&mut self, cursor: &mut Cursor<'a>) -> Step<()> {
        let (mut name, mut values) = (Text::default(), Vec::new());
        object(cursor, |cursor, key| match key {
            b"name" => take(&mut name, cursor),
            b"value" => read_values(&mut values, cursor),
            _ => cursor.skip(),
        })?;
        self.add_all(name, values);
        Ok(())
    }

    fn add_all(&mut self, name: Text<'a>, values: Vec<Text<'a>>) {
        for value in values {
            self.add(name, value);
        }
    }

    #[inline]
    fn add(&mut self, name: Text<'a>, value: Text<'a>) {
        let is_pseudo = name.raw().starts_with(b":");
        if is_pseudo || name.is_empty() || self.idle.has(name.raw()) {
            self.has_others = true;
            self.has_pseudo |= is_pseudo;
        } else {
            self.fields.push((name, value));
        }
    }
}

/// One value, or a list of them.
fn read_values<'a>(values: &mut Vec<Text<'a>>, cursor: &mut Cursor<'a>) -> Step<()> {
    let mut read = |cursor: &mut Cursor<'a>| {
        values.push(cursor.text()?.unwrap_or_default());
        Ok(())
    };
    if cursor.peek() == Some(b'[') {
        cursor.array(read)
    } else {
        read(cursor)
    }
}
