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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::har::index::Index;
    use proptest::prelude::*;
    use serde_json::{Value, json};

    type Found = Result<Vec<(String, String)>, Malformed>;

    /// The fields of the list `text`.
    fn read(text: &[u8]) -> Found {
        let index = Index::of(text);
        let mut section = Section::default();
        section.read(&mut Cursor::new(index.value(text)))?;
        Ok(decoded(&section))
    }

    /// The same without the shorter ways.
    fn read_field_by_field(text: &[u8]) -> Found {
        let index = Index::of(text);
        let mut section = Section::default();
        Cursor::new(index.value(text)).array(|cursor| section.read_field(cursor))?;
        Ok(decoded(&section))
    }

    fn decoded(section: &Section<'_>) -> Vec<(String, String)> {
        let fields = section.fields().iter();
        let owned = |text: &Text<'_>| text.decode().into_owned();
        fields
            .map(|(name, value)| (owned(name), owned(value)))
            .collect()
    }

    /// What `fields` hold by another reader's account.
    fn expected(fields: &[Value]) -> Vec<(String, String)> {
        let mut found = Vec::new();
        for field in fields {
            let name = field["name"].as_str().unwrap_or_default();
            let values = match &field["value"] {
                Value::Array(values) => values.clone(),
                value => vec![value.clone()],
            };
            if !name.is_empty() && !name.starts_with(':') {
                let texts = values.iter().map(|value| match value {
                    Value::String(text) => text.clone(),
                    Value::Null => String::new(),
                    other => other.to_string(),
                });
                found.extend(texts.map(|text| (name.to_owned(), text)));
            }
        }
        found
    }

    fn field() -> impl Strategy<Value = Value> {
        let name = r#"[A-Za-z:"\\ é-]{0,9}"#;
        let value = || r#"([ -~é]|\PC){0,90}"#;
        prop_oneof![
            8 => (name, value()).prop_map(|(name, value)| json!({"name": name, "value": value})),
            1 => (name, value()).prop_map(|(name, value)| json!({"value": value, "name": name})),
            1 => (name, value()).prop_map(|(name, value)| json!({"name": name, "value": value, "comment": ""})),
            1 => (name, prop::collection::vec(value(), 0..3))
                .prop_map(|(name, values)| json!({"name": name, "value": values})),
            1 => (name, any::<i32>()).prop_map(|(name, value)| json!({"name": name, "value": value})),
            1 => name.prop_map(|name| json!({"name": name, "value": null})),
        ]
    }

    fn list() -> impl Strategy<Value = (Vec<Value>, String)> {
        (prop::collection::vec(field(), 0..9), 0..3).prop_map(|(fields, spacing)| {
            let text = match spacing {
                0 => serde_json::to_string(&fields).unwrap(),
                1 => serde_json::to_string_pretty(&fields).unwrap(),
                _ => {
                    let lines: Vec<_> = fields.iter().map(Value::to_string).collect();
                    format!("[ {}\t]", lines.join("\n, "))
                }
            };
            (fields, text)
        })
    }

    proptest! {
        #[test]
        fn any_list_of_fields_is_read_as_other_readers_do((fields, text) in list()) {
            prop_assert_eq!(read(text.as_bytes()), Ok(expected(&fields)));
        }

        #[test]
        fn damage_shows_the_same_on_the_shorter_ways((_, text) in list(), at in any::<prop::sample::Index>(), with in r#"["\\{}\[\],: a]{0,2}"#) {
            let mut text = text.into_bytes();
            let at = at.index(text.len());
            text.splice(at..=at, with.into_bytes());
            if text.starts_with(b"[") {
                prop_assert_eq!(read(&text), read_field_by_field(&text));
            }
        }
    }
}
