//! JSON: the lines of [`super::ndjson`] as one document, still written as they come.

use super::{SCHEMA, Sink};
use crate::finding::{Cause, Finding, Summary};
use std::io::{self, Write};

/// The renderer: `{"schema":1,"findings":[…],"causes":[…],"summary":{…}}`.
pub struct Json<W> {
    out: W,
    is_open: bool,
}

impl<W: Write> Json<W> {
    /// Writes to `out`.
    pub fn new(out: W) -> Self {
        Self {
            out,
            is_open: false,
        }
    }

    /// What stands before the next finding.
    fn lead(&mut self) -> io::Result<()> {
        if self.is_open {
            return self.out.write_all(b",\n");
        }
        self.is_open = true;
        writeln!(self.out, "{{\"schema\":{SCHEMA},\"findings\":[")
    }
}

impl<W: Write> Sink for Json<W> {
    fn finding(&mut self, finding: &Finding) -> io::Result<()> {
        self.lead()?;
        Ok(serde_json::to_writer(&mut self.out, finding)?)
    }

    fn finish(&mut self, causes: &[Cause], summary: &Summary) -> io::Result<()> {
        if self.is_open {
            self.out.write_all(b"\n],\n\"causes\":")?;
        } else {
            write!(
                self.out,
                "{{\"schema\":{SCHEMA},\"findings\":[],\n\"causes\":"
            )?;
        }
        serde_json::to_writer(&mut self.out, causes)?;
        self.out.write_all(b",\n\"summary\":")?;
        serde_json::to_writer(&mut self.out, summary)?;
        self.out.write_all(b"}\n")?;
        self.out.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::support;

    fn document(findings: &[Finding]) -> serde_json::Value {
        let mut out = Vec::new();
        let mut sink = Json::new(&mut out);
        for finding in findings {
            sink.finding(finding).unwrap();
        }
        sink.finish(&[support::cause()], &Summary::default())
            .unwrap();
        serde_json::from_slice(&out).unwrap()
    }

    #[test]
    fn any_number_of_findings_makes_a_document() {
        assert_eq!(document(&[])["findings"].as_array().unwrap().len(), 0);
        let two = [support::method_not_allowed(), support::origin_missing()];
        let document = document(&two);
        assert_eq!(document["schema"], 1);
        assert_eq!(document["findings"].as_array().unwrap().len(), 2);
        assert_eq!(document["causes"][0]["cause"], "errors-lack-cors");
        assert_eq!(document["summary"]["exchanges"], 0);
    }
}
