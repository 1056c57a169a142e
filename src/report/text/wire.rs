//! The messages of a finding as they were on the wire, for `-v`.

use super::page::{INDENT, Ink, Page};
use crate::finding::Finding;
use crate::http::{Exchange, Fields};
use std::io::{self, Write};

/// Writes all exchanges that came with `finding`.
pub(super) fn write<W: Write>(page: &mut Page<W>, finding: &Finding) -> io::Result<()> {
    for exchange in &finding.exchanges {
        let place = format!("{}, {}", exchange.locator, exchange.started);
        page.row("wire", Ink::Faint, &place)?;
        write_exchange(page, exchange)?;
    }
    Ok(())
}

fn write_exchange<W: Write>(page: &mut Page<W>, exchange: &Exchange) -> io::Result<()> {
    if let Some(request) = &exchange.request {
        let version = request.version.name();
        let line = format!("{} {} {version}", request.method, request.url);
        message(page, "> ", line.trim_end(), &request.fields)?;
    }
    match &exchange.response {
        Some(response) => {
            let line = format!("{} {}", response.version.name(), response.status);
            message(page, "< ", line.trim_start(), &response.fields)
        }
        None => {
            page.spaces(INDENT)?;
            page.wrapped(INDENT, Ink::Faint, "(no answer)")
        }
    }
}

fn message<W: Write>(
    page: &mut Page<W>,
    mark: &str,
    first: &str,
    fields: &Fields,
) -> io::Result<()> {
    let column = INDENT + mark.len();
    let mut line = |ink, text: &str| {
        page.spaces(INDENT)?;
        page.ink(Ink::Faint, mark)?;
        page.wrapped(column, ink, text)
    };
    line(Ink::Strong, first)?;
    fields
        .iter()
        .try_for_each(|(name, value)| line(Ink::Plain, &format!("{name}: {value}")))
}
