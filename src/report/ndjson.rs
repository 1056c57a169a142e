//! NDJSON: one object a line, each written and flushed as soon as it is decided, for live captures and for `jq`.

use super::{SCHEMA, Sink};
use crate::finding::{Cause, Finding, Summary};
use serde::Serialize;
use std::io::{self, Write};

/// The renderer.
pub struct Ndjson<W> {
    out: W,
    /// The line in the making.
    line: Vec<u8>,
}

impl<W: Write> Ndjson<W> {
    /// Writes to `out`.
    pub fn new(out: W) -> Self {
        Self {
            out,
            line: Vec::new(),
        }
    }
}

/// A line of the contract: `schema` and `type` come first.
#[derive(Serialize)]
pub(super) struct Line<'a, T> {
    schema: u32,
    r#type: &'static str,
    #[serde(flatten)]
    content: &'a T,
}

/// Writes `content` as one line of kind `kind`.
pub(super) fn line<T: Serialize>(
    out: &mut impl Write,
    kind: &'static str,
    content: &T,
) -> io::Result<()> {
    let line = Line {
        schema: SCHEMA,
        r#type: kind,
        content,
    };
    serde_json::to_writer(&mut *out, &line)?;
    out.write_all(b"\n")
}

impl<W: Write> Sink for Ndjson<W> {
    fn finding(&mut self, finding: &Finding) -> io::Result<()> {
        self.line.clear();
        line(&mut self.line, "finding", finding)?;
        self.out.write_all(&self.line)?;
        self.out.flush()
    }

    fn finish(&mut self, causes: &[Cause], summary: &Summary) -> io::Result<()> {
        for cause in causes {
            line(&mut self.out, "cause", cause)?;
        }
        line(&mut self.out, "summary", summary)?;
        self.out.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::support;

    #[test]
    fn each_line_begins_with_schema_and_type_and_the_summary_is_last() {
        let mut out = Vec::new();
        let mut sink = Ndjson::new(&mut out);
        sink.finding(&support::method_not_allowed()).unwrap();
        sink.finish(&[support::cause()], &Summary::default())
            .unwrap();
        let text = String::from_utf8(out).unwrap();
        let starts: Vec<_> = text
            .lines()
            .map(|line| line.split(',').take(2).collect::<Vec<_>>().join(","))
            .collect();
        assert_eq!(
            starts,
            [
                r#"{"schema":1,"type":"finding""#,
                r#"{"schema":1,"type":"cause""#,
                r#"{"schema":1,"type":"summary""#
            ]
        );
    }

    #[test]
    fn a_finding_holds_the_contracts_fields() {
        let mut out = Vec::new();
        line(&mut out, "finding", &support::method_not_allowed()).unwrap();
        let value: serde_json::Value = serde_json::from_slice(&out).unwrap();
        assert_eq!(value["codes"]["webkit"], serde_json::Value::Null);
        assert_eq!(value["preflight"]["kind"], "har");
        assert_eq!(value["status"]["preflight"], 204);
        assert_eq!(value["status"]["actual"], serde_json::Value::Null);
        assert_eq!(value["evidence"][1]["message"], "preflight-response");
    }
}
