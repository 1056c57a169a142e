//! Parquet of findings and of exchanges, for DuckDB, pandas, Spark: a row for each line of the NDJSON, a column for each
//! of its members, under the same names. The schemas are [`FINDING_SCHEMA`] and [`EXCHANGE_SCHEMA`].
//!
//! Times are instants (UTC, nanoseconds), lists are lists, objects are structs; `fix.params` is JSON text. Within a
//! schema number columns are only added. The file's own metadata holds `corsight.schema` (the number),
//! `corsight.kind` and, at the end of a run, `corsight.summary` (JSON).

mod shred;
mod table;

use super::columns::{EXCHANGE_SCHEMA, FINDING_SCHEMA};
use super::extract::{self, ExchangeSink};
use super::{SCHEMA, Sink};
use crate::finding::{Cause, Finding, Summary};
use crate::redact::Redactor;
use std::io::{self, Write};
use table::Table;

/// Findings as a table.
pub struct Findings<W> {
    table: Table<W>,
}

impl<W: Write> Findings<W> {
    /// Writes to `out`, a row group at a time.
    pub fn new(out: W) -> Self {
        Self {
            table: Table::new(out, FINDING_SCHEMA, &metadata("finding")),
        }
    }
}

impl<W: Write> Sink for Findings<W> {
    fn finding(&mut self, finding: &Finding) -> io::Result<()> {
        self.table.row(&serde_json::to_value(finding)?)
    }

    fn finish(&mut self, _: &[Cause], summary: &Summary) -> io::Result<()> {
        let summary = serde_json::to_string(summary)?;
        self.table.finish(("corsight.summary", &summary))
    }
}

/// Exchanges as a table.
pub struct Exchanges<'r, W> {
    table: Table<W>,
    redactor: &'r Redactor,
}

impl<'r, W: Write> Exchanges<'r, W> {
    /// Writes to `out`, a row group at a time.
    pub fn new(out: W, redactor: &'r Redactor) -> Self {
        Self {
            table: Table::new(out, EXCHANGE_SCHEMA, &metadata("exchange")),
            redactor,
        }
    }
}

impl<W: Write> ExchangeSink for Exchanges<'_, W> {
    fn exchange(&mut self, row: &extract::Row<'_>) -> io::Result<()> {
        let content = extract::ndjson::content(row, self.redactor);
        self.table.row(&serde_json::to_value(content)?)
    }

    fn finish(&mut self, summary: &Summary) -> io::Result<()> {
        let summary = serde_json::to_string(&self.redactor.summary(summary))?;
        self.table.finish(("corsight.summary", &summary))
    }
}

fn metadata(kind: &str) -> [(&'static str, String); 2] {
    [
        ("corsight.schema", SCHEMA.to_string()),
        ("corsight.kind", kind.to_owned()),
    ]
}

#[cfg(test)]
mod tests;
