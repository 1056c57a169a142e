//! JSON values → columns with definition and repetition levels, as the Dremel paper and the Parquet format describe it.
//!
//! It knows the schema and no file. A member that is missing where the schema requires one becomes an empty value: a
//! table with a gap is of more use than none.

use crate::time::Timestamp;
use parquet::basic::{Repetition, Type as Physical};
use parquet::data_type::ByteArray;
use parquet::schema::types::Type;
use serde_json::Value;
use std::io;

/// A schema, and the rows that were cut up along it.
pub(super) struct Shredder {
    fields: Vec<Node>,
    pub(super) columns: Vec<Column>,
    pub(super) rows: usize,
    /// Bytes of text that the columns hold, about.
    pub(super) bytes: usize,
}

/// The cells of one column, in the order of rows.
pub(super) struct Column {
    pub(super) cells: Cells,
    pub(super) definition: Vec<i16>,
    pub(super) repetition: Vec<i16>,
}

/// The values that are there.
pub(super) enum Cells {
    Text(Vec<ByteArray>),
    Int32(Vec<i32>),
    Int64(Vec<i64>),
    Double(Vec<f64>),
    Bool(Vec<bool>),
}

/// A field of the schema.
struct Node {
    name: String,
    is_optional: bool,
    shape: Shape,
}

enum Shape {
    /// Number of the column.
    Leaf(usize),
    Group(Vec<Node>),
    /// The element of a list: `group x (LIST) { repeated group list { … element } }`.
    List(Box<Node>),
}

/// Where a value stands between the others.
#[derive(Clone, Copy)]
struct Level {
    definition: i16,
    repetition: i16,
    /// Lists around it.
    depth: i16,
}

impl Shredder {
    pub(super) fn new(schema: &Type) -> io::Result<Self> {
        let mut columns = Vec::new();
        let fields = nodes(schema, &mut columns)?;
        Ok(Self {
            fields,
            columns,
            rows: 0,
            bytes: 0,
        })
    }

    /// Adds a row.
    pub(super) fn row(&mut self, row: &Value) {
        self.rows += 1;
        let top = Level {
            definition: 0,
            repetition: 0,
            depth: 0,
        };
        for node in &self.fields {
            let value = row.get(&node.name);
            self.bytes += write(node, value, top, &mut self.columns);
        }
    }

    /// Forgets the rows.
    pub(super) fn clear(&mut self) {
        (self.rows, self.bytes) = (0, 0);
        for column in &mut self.columns {
            column.definition.clear();
            column.repetition.clear();
            match &mut column.cells {
                Cells::Text(cells) => cells.clear(),
                Cells::Int32(cells) => cells.clear(),
                Cells::Int64(cells) => cells.clear(),
                Cells::Double(cells) => cells.clear(),
                Cells::Bool(cells) => cells.clear(),
            }
        }
    }
}

fn nodes(group: &Type, columns: &mut Vec<Column>) -> io::Result<Vec<Node>> {
    let fields = group.get_fields().iter();
    fields.map(|field| node(field, columns)).collect()
}

fn node(field: &Type, columns: &mut Vec<Column>) -> io::Result<Node> {
    let repetition = field.get_basic_info().repetition();
    let shape = if field.is_primitive() {
        columns.push(Column::new(field.get_physical_type())?);
        Shape::Leaf(columns.len() - 1)
    } else {
        match repeated(field) {
            Some(element) => Shape::List(Box::new(node(element, columns)?)),
            None => Shape::Group(nodes(field, columns)?),
        }
    };
    Ok(Node {
        name: field.name().to_owned(),
        is_optional: repetition == Repetition::OPTIONAL,
        shape,
    })
}

/// The element, where `field` is a list.
fn repeated(field: &Type) -> Option<&Type> {
    let [list] = field.get_fields() else {
        return None;
    };
    let is_repeated = list.is_group() && list.get_basic_info().repetition() == Repetition::REPEATED;
    match list.get_fields() {
        [element] if is_repeated => Some(element),
        _ => None,
    }
}

/// Writes `value` into the columns below `node`; returns the bytes of text.
fn write(node: &Node, value: Option<&Value>, at: Level, columns: &mut [Column]) -> usize {
    let value = value.filter(|value| !value.is_null());
    let inner = Level {
        definition: at.definition + i16::from(node.is_optional),
        ..at
    };
    match &node.shape {
        Shape::Leaf(column) => {
            let Some(column) = columns.get_mut(*column) else {
                return 0;
            };
            match value.and_then(|value| column.cells.push(value)) {
                Some(bytes) => {
                    column.level(inner);
                    return bytes;
                }
                None if node.is_optional => column.level(at),
                None => {
                    column.cells.push_empty();
                    column.level(inner);
                }
            }
            0
        }
        Shape::Group(children) => {
            if value.is_none() && node.is_optional {
                nothing(node, at, columns);
                return 0;
            }
            let children = children.iter().enumerate();
            // A pair may stand for an object: `["Name","value"]`.
            let member = |index: usize, name: &str| match value? {
                Value::Array(members) => members.get(index),
                value => value.get(name),
            };
            children
                .map(|(index, child)| write(child, member(index, &child.name), inner, columns))
                .sum()
        }
        Shape::List(element) => {
            let elements = value.and_then(Value::as_array);
            let elements = elements.map(Vec::as_slice).unwrap_or_default();
            if elements.is_empty() {
                nothing(node, at, columns);
                return 0;
            }
            let mut bytes = 0;
            let mut place = Level {
                definition: inner.definition + 1,
                depth: inner.depth + 1,
                ..inner
            };
            for value in elements {
                bytes += write(element, Some(value), place, columns);
                // From the second on, the list goes on.
                place.repetition = place.depth;
            }
            bytes
        }
    }
}

/// Writes into every column below `node` that nothing is there.
fn nothing(node: &Node, at: Level, columns: &mut [Column]) {
    match &node.shape {
        Shape::Leaf(column) => {
            if let Some(column) = columns.get_mut(*column) {
                column.level(at);
            }
        }
        Shape::Group(children) => {
            for child in children {
                nothing(child, at, columns);
            }
        }
        Shape::List(element) => nothing(element, at, columns),
    }
}

impl Column {
    fn new(kind: Physical) -> io::Result<Self> {
        let cells = match kind {
            Physical::BYTE_ARRAY => Cells::Text(Vec::new()),
            Physical::INT32 => Cells::Int32(Vec::new()),
            Physical::INT64 => Cells::Int64(Vec::new()),
            Physical::DOUBLE => Cells::Double(Vec::new()),
            Physical::BOOLEAN => Cells::Bool(Vec::new()),
            other => return Err(io::Error::other(format!("no column holds {other}"))),
        };
        Ok(Self {
            cells,
            definition: Vec::new(),
            repetition: Vec::new(),
        })
    }

    fn level(&mut self, at: Level) {
        self.definition.push(at.definition);
        self.repetition.push(at.repetition);
    }
}

impl Cells {
    /// Adds `value` where it is of this column's kind; returns the bytes of text.
    fn push(&mut self, value: &Value) -> Option<usize> {
        match self {
            Self::Text(cells) => {
                let text = match value {
                    Value::String(text) => text.clone(),
                    other => other.to_string(),
                };
                let bytes = text.len();
                cells.push(text.into_bytes().into());
                return Some(bytes);
            }
            Self::Int32(cells) => cells.push(i32::try_from(value.as_i64()?).ok()?),
            Self::Int64(cells) => cells.push(match value {
                Value::String(time) => Timestamp::parse(time)?.0,
                number => number.as_i64()?,
            }),
            Self::Double(cells) => cells.push(value.as_f64()?),
            Self::Bool(cells) => cells.push(value.as_bool()?),
        }
        Some(0)
    }

    fn push_empty(&mut self) {
        match self {
            Self::Text(cells) => cells.push(Vec::new().into()),
            Self::Int32(cells) => cells.push(0),
            Self::Int64(cells) => cells.push(0),
            Self::Double(cells) => cells.push(0.0),
            Self::Bool(cells) => cells.push(false),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use parquet::schema::parser::parse_message_type;
    use serde_json::json;

    fn shredded(schema: &str, rows: &[Value]) -> Vec<(Vec<i16>, Vec<i16>)> {
        let mut shredder = Shredder::new(&parse_message_type(schema).unwrap()).unwrap();
        for row in rows {
            shredder.row(row);
        }
        let columns = shredder.columns.into_iter();
        columns
            .map(|column| (column.definition, column.repetition))
            .collect()
    }

    #[test]
    fn a_list_tells_where_it_begins_and_that_it_is_empty() {
        let schema = "message m { required group l (LIST) { repeated group list { required group element { required binary a (STRING); optional binary b (STRING); } } } }";
        let rows = [
            json!({"l": [{"a": "x", "b": null}, ["y", "z"]]}),
            json!({"l": []}),
            json!({}),
        ];
        assert_eq!(
            shredded(schema, &rows),
            [
                (vec![1, 1, 0, 0], vec![0, 1, 0, 0]),
                (vec![1, 2, 0, 0], vec![0, 1, 0, 0]),
            ]
        );
    }

    #[test]
    fn an_absent_object_is_told_from_an_absent_member() {
        let schema = "message m { optional group o { required binary k (STRING); optional int64 n; } required boolean b; }";
        let rows = [
            json!({"o": {"k": "x", "n": 1}, "b": true}),
            json!({"o": {"k": "x"}}),
            json!({"o": null, "b": 7}),
        ];
        assert_eq!(
            shredded(schema, &rows),
            [
                (vec![1, 1, 0], vec![0; 3]),
                (vec![2, 1, 0], vec![0; 3]),
                (vec![0; 3], vec![0; 3]),
            ]
        );
    }
}
