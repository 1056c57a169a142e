//! Rows → a Parquet file, a row group at a time, so that memory does not grow with the file.

use super::shred::{Cells, Column, Shredder};
use crate::limits::{PARQUET_GROUP_BYTES, PARQUET_GROUP_ROWS};
use parquet::basic::Compression;
use parquet::column::writer::ColumnWriter;
use parquet::errors::ParquetError;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::{SerializedColumnWriter, SerializedFileWriter};
use parquet::schema::parser::parse_message_type;
use std::io::{self, Write};
use std::sync::{Arc, Mutex, PoisonError};

/// A table that is being written.
pub(super) struct Table<W> {
    out: W,
    schema: &'static str,
    metadata: Vec<KeyValue>,
    /// `None` before the first row.
    open: Option<Open>,
}

struct Open {
    shredder: Shredder,
    writer: SerializedFileWriter<Encoded>,
    encoded: Encoded,
}

impl<W: Write> Table<W> {
    pub(super) fn new(out: W, schema: &'static str, metadata: &[(&'static str, String)]) -> Self {
        let pairs = metadata.iter();
        Self {
            out,
            schema,
            metadata: pairs
                .map(|(key, value)| KeyValue::new((*key).to_owned(), value.clone()))
                .collect(),
            open: None,
        }
    }

    /// Adds a row.
    pub(super) fn row(&mut self, row: &serde_json::Value) -> io::Result<()> {
        let open = self.open()?;
        open.shredder.row(row);
        let is_full =
            open.shredder.rows >= PARQUET_GROUP_ROWS || open.shredder.bytes >= PARQUET_GROUP_BYTES;
        if is_full {
            open.write_group()?;
            return self.drain();
        }
        Ok(())
    }

    /// Writes what is left, and the footer with one more pair of metadata.
    pub(super) fn finish(&mut self, (key, value): (&str, &str)) -> io::Result<()> {
        let open = self.open()?;
        if open.shredder.rows > 0 {
            open.write_group()?;
        }
        let pair = KeyValue::new(key.to_owned(), value.to_owned());
        open.writer.append_key_value_metadata(pair);
        open.writer.finish().map_err(as_io)?;
        self.drain()?;
        self.out.flush()
    }

    /// Bytes of text that wait to be written.
    #[cfg(test)]
    pub(super) fn held(&self) -> usize {
        self.open.as_ref().map_or(0, |open| open.shredder.bytes)
    }

    fn open(&mut self) -> io::Result<&mut Open> {
        let open = match self.open.take() {
            Some(open) => open,
            None => Open::new(self.schema, self.metadata.clone())?,
        };
        Ok(self.open.insert(open))
    }

    fn drain(&mut self) -> io::Result<()> {
        match &self.open {
            Some(open) => self.out.write_all(&open.encoded.take()),
            None => Ok(()),
        }
    }
}

impl Open {
    fn new(schema: &str, metadata: Vec<KeyValue>) -> io::Result<Self> {
        let schema = Arc::new(parse_message_type(schema).map_err(as_io)?);
        let properties = WriterProperties::builder()
            .set_created_by(concat!("corsight ", env!("CARGO_PKG_VERSION")).to_owned())
            .set_compression(Compression::SNAPPY)
            .set_key_value_metadata(Some(metadata))
            .build();
        let encoded = Encoded::default();
        Ok(Self {
            shredder: Shredder::new(&schema)?,
            writer: SerializedFileWriter::new(encoded.clone(), schema, Arc::new(properties))
                .map_err(as_io)?,
            encoded,
        })
    }

    fn write_group(&mut self) -> io::Result<()> {
        let mut group = self.writer.next_row_group().map_err(as_io)?;
        let mut columns = self.shredder.columns.iter();
        while let Some(mut writer) = group.next_column().map_err(as_io)? {
            if let Some(column) = columns.next() {
                write_column(&mut writer, column).map_err(as_io)?;
            }
            writer.close().map_err(as_io)?;
        }
        group.close().map_err(as_io)?;
        self.shredder.clear();
        Ok(())
    }
}

fn write_column(
    writer: &mut SerializedColumnWriter<'_>,
    column: &Column,
) -> Result<(), ParquetError> {
    use ColumnWriter as Writer;
    let levels = (Some(&*column.definition), Some(&*column.repetition));
    let (definition, repetition) = levels;
    match (writer.untyped(), &column.cells) {
        (Writer::ByteArrayColumnWriter(writer), Cells::Text(cells)) => {
            writer.write_batch(cells, definition, repetition)
        }
        (Writer::Int32ColumnWriter(writer), Cells::Int32(cells)) => {
            writer.write_batch(cells, definition, repetition)
        }
        (Writer::Int64ColumnWriter(writer), Cells::Int64(cells)) => {
            writer.write_batch(cells, definition, repetition)
        }
        (Writer::DoubleColumnWriter(writer), Cells::Double(cells)) => {
            writer.write_batch(cells, definition, repetition)
        }
        (Writer::BoolColumnWriter(writer), Cells::Bool(cells)) => {
            writer.write_batch(cells, definition, repetition)
        }
        // Both were made from one schema.
        _ => Err(ParquetError::General("a column of another kind".to_owned())),
    }
    .map(|_| ())
}

fn as_io(error: ParquetError) -> io::Error {
    io::Error::other(error)
}

/// What the encoder has written and nobody has taken yet. The encoder wants a writer that may change threads; outputs
/// may not.
#[derive(Clone, Default)]
struct Encoded(Arc<Mutex<Vec<u8>>>);

impl Encoded {
    fn take(&self) -> Vec<u8> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Write for Encoded {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        held.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
