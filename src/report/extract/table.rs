//! A table for reading: one line an exchange, the URL last.

use super::{ExchangeSink, Row, role_name};
use crate::finding::Summary;
use crate::http::{Locator, Transport};
use crate::redact::Redactor;
use crate::report::Look;
use crate::report::text::{elide, printable};
use crate::time::Timestamp;
use std::io::{self, Write};

/// The renderer.
pub struct Table<'r, W> {
    out: W,
    redactor: &'r Redactor,
    /// Columns for the URL; `None`: as many as it needs.
    url_room: Option<usize>,
    /// The input and day of the rows above.
    heading: Option<(String, String)>,
    rows: u64,
}

/// Columns before the URL.
const BEFORE_URL: usize = 66;
const LEAST_URL_ROOM: usize = 30;

impl<'r, W: Write> Table<'r, W> {
    /// Writes to `out`. URLs are cut to the look's width where `fit` is set: on a terminal, not in a file.
    pub fn new(out: W, redactor: &'r Redactor, look: Look, fit: bool) -> Self {
        Self {
            out,
            redactor,
            url_room: fit.then(|| look.width.saturating_sub(BEFORE_URL).max(LEAST_URL_ROOM)),
            heading: None,
            rows: 0,
        }
    }

    fn heading(&mut self, row: &Row<'_>) -> io::Result<()> {
        let (day, _) = day_and_time(row.exchange.started);
        let is_same = self
            .heading
            .as_ref()
            .is_some_and(|(source, own)| source == row.source && *own == day);
        if is_same {
            return Ok(());
        }
        if self.heading.is_some() {
            writeln!(self.out)?;
        }
        writeln!(
            self.out,
            "{}, {day} (UTC)",
            printable(&self.redactor.source(row.source))
        )?;
        writeln!(
            self.out,
            "{:<10} {:<10} {:<12} {:>8} {:<11} {:<8} {:<4}URL",
            place_title(&row.exchange.locator),
            "PAIR",
            "TIME",
            "MS",
            "ROLE",
            "METHOD",
            "ST"
        )?;
        self.heading = Some((row.source.to_owned(), day));
        Ok(())
    }
}

impl<W: Write> ExchangeSink for Table<'_, W> {
    fn exchange(&mut self, row: &Row<'_>) -> io::Result<()> {
        self.heading(row)?;
        self.rows += 1;
        let exchange = row.exchange;
        let url = match exchange.url() {
            "" => "(request not captured)".into(),
            url => self.redactor.url(url),
        };
        let url = printable(&url);
        let url = match self.url_room {
            Some(room) => elide(&url, room),
            None => url,
        };
        let (_, time) = day_and_time(exchange.started);
        let duration = exchange.duration.map_or("-".to_owned(), |duration| {
            format!("{:.1}", super::milliseconds(duration))
        });
        let status = exchange
            .status()
            .map_or("-".to_owned(), |status| status.to_string());
        let method = match exchange.method() {
            "" => "-".into(),
            method => printable(method),
        };
        writeln!(
            self.out,
            "{:<10} {:<10} {time:<12} {duration:>8} {:<11} {method:<7} {status:>3}  {url}",
            place(&exchange.locator),
            row.pair.as_ref().map_or(String::new(), place),
            role_name(row.role),
        )
    }

    fn finish(&mut self, summary: &Summary) -> io::Result<()> {
        if self.rows == 0 {
            writeln!(self.out, "No HTTP exchange was found.")?;
        }
        let lines = super::epilogue(summary, self.redactor);
        if self.rows > 0 && !lines.is_empty() {
            writeln!(self.out)?;
        }
        for line in lines {
            writeln!(self.out, "{}", printable(&line))?;
        }
        self.out.flush()
    }
}

/// `14` (entry), `3:10` (stream and frame) or, where it is no TCP stream, `udp3:10`.
fn place(locator: &Locator) -> String {
    match locator {
        Locator::Har { entry } => entry.to_string(),
        Locator::Pcap {
            transport,
            stream,
            request_frame,
            response_frame,
            ..
        } => {
            let stream = match transport {
                Transport::Tcp => stream.to_string(),
                Transport::Udp => format!("udp{stream}"),
            };
            match request_frame.or(*response_frame) {
                Some(frame) => format!("{stream}:{frame}"),
                None => stream,
            }
        }
    }
}

fn place_title(locator: &Locator) -> &'static str {
    match locator {
        Locator::Har { .. } => "ENTRY",
        Locator::Pcap { .. } => "TCP:FRAME",
    }
}

/// `2026-11-20` and `10:11:12.123`.
fn day_and_time(time: Timestamp) -> (String, String) {
    let whole_ms = Timestamp(time.0 - time.0.rem_euclid(1_000_000));
    let text = whole_ms.to_string();
    let (day, time) = text.split_once('T').unwrap_or((&text, ""));
    (day.to_owned(), time.trim_end_matches('Z').to_owned())
}

#[cfg(test)]
mod tests {
    use super::super::support;
    use super::*;

    #[test]
    fn columns_are_aligned_under_a_heading_for_the_input() {
        let redactor = Redactor::closed();
        let mut out = Vec::new();
        let mut table = Table::new(&mut out, &redactor, Look::default(), false);
        let exchange = support::exchange();
        table.exchange(&support::row(&exchange)).unwrap();
        let unanswered = crate::http::Exchange {
            response: None,
            duration: None,
            ..exchange
        };
        table.exchange(&support::row(&unanswered)).unwrap();
        table.finish(&Summary::default()).unwrap();
        insta::assert_snapshot!(String::from_utf8(out).unwrap(), @r#"
    a.pcap, 2026-11-20 (UTC)
    TCP:FRAME  PAIR       TIME               MS ROLE        METHOD   ST  URL
    3:10                  10:11:12.123     38.2 preflight   OPTIONS 204  http://api.example.com/users/7?token=‹redacted:1›&a=b%20c
    3:10                  10:11:12.123        - preflight   OPTIONS   -  http://api.example.com/users/7?token=‹redacted:1›&a=b%20c
    "#);
    }
}
