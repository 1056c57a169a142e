//! Field lines of a block → a message's control data and fields (RFC 9113 §8.3).

use super::hpack::FieldLine;
use crate::caveat::{CaveatKind, CaveatSet};
use crate::http::{Fields, Request, Version};
use crate::limits::Limits;

/// A field section under way.
#[derive(Debug)]
pub(crate) struct Section {
    method: Option<Box<str>>,
    scheme: Option<Box<str>>,
    authority: Option<Box<str>>,
    path: Option<Box<str>>,
    protocol: Option<Box<str>>,
    status: Option<u16>,
    fields: Fields,
    size: usize,
    max_size: usize,
    max_fields: usize,
    /// What lowers trust in the fields.
    pub(crate) caveats: CaveatSet,
}

/// Room for entries of the static table.
const STATIC: usize = 4 << 10;

impl Section {
    /// An empty section.
    pub(crate) fn new(limits: &Limits) -> Self {
        Self {
            method: None,
            scheme: None,
            authority: None,
            path: None,
            protocol: None,
            status: None,
            fields: Fields::with_capacity(16, 512),
            size: 0,
            max_size: limits.field_section,
            max_fields: limits.fields,
            caveats: CaveatSet::EMPTY,
        }
    }

    /// Lets it grow to what an honest block of `wire` bytes can hold beside a table of `table` bytes: each entry once, and
    /// text that Huffman's code shortened. A block that names a long entry over and over is cut short there.
    pub(crate) fn bounded(mut self, wire: usize, table: usize) -> Self {
        let honest = wire.saturating_add(table).saturating_mul(2);
        self.max_size = self.max_size.min(honest.saturating_add(STATIC));
        self
    }

    /// Takes one line. Lines beyond the limits are left out, with a caveat.
    pub(crate) fn push(&mut self, line: FieldLine<'_>) {
        let (Some(name), Some(value)) = (line.name, line.value) else {
            self.caveats.insert(CaveatKind::UnknownFieldTable);
            self.caveats.insert(CaveatKind::IncompleteFields);
            return;
        };
        // A short block can name a long entry of the table many times.
        self.size = self
            .size
            .saturating_add(name.len())
            .saturating_add(value.len());
        if self.size > self.max_size || self.fields.len() >= self.max_fields {
            self.caveats.insert(CaveatKind::LimitReached);
            self.caveats.insert(CaveatKind::IncompleteFields);
            return;
        }
        if name.first() == Some(&b':') {
            self.push_pseudo(name, value);
        } else {
            self.fields.push_bytes(name, value);
        }
    }

    fn push_pseudo(&mut self, name: &[u8], value: &[u8]) {
        let slot = match name {
            b":method" => &mut self.method,
            b":scheme" => &mut self.scheme,
            b":authority" => &mut self.authority,
            b":path" => &mut self.path,
            b":protocol" => &mut self.protocol,
            b":status" => {
                self.status = self.status.or_else(|| parse_status(value));
                return;
            }
            _ => return,
        };
        // Repetition is an error (§8.3); the first stands.
        if slot.is_none() {
            *slot = Some(String::from_utf8_lossy(value).into());
        }
    }

    /// Whether any control data of a request was read. Trailers have none.
    pub(crate) fn has_request(&self) -> bool {
        self.method.is_some()
            || self.scheme.is_some()
            || self.authority.is_some()
            || self.path.is_some()
    }

    /// The status; `None` when the section has none or it could not be read.
    pub(crate) fn status(&self) -> Option<u16> {
        self.status
    }

    /// The ordinary fields.
    pub(crate) fn into_fields(self) -> Fields {
        self.fields
    }

    /// The request that the section describes. Control data that could not be read is left empty.
    pub(crate) fn into_request(self, is_secure: bool, version: Version) -> Request {
        let url = self.url(is_secure).into();
        let mut fields = self.fields;
        // The only trace of an extended CONNECT (RFC 8441 §4): it tells WebSocket from a tunnel.
        if let Some(protocol) = &self.protocol {
            fields.push(":protocol", protocol);
        }
        Request {
            method: self.method.unwrap_or_default(),
            url,
            version,
            fields,
            body_size: 0,
        }
    }

    /// The target URI (RFC 9110 §7.1).
    fn url(&self, is_secure: bool) -> String {
        let authority = self
            .authority
            .as_deref()
            .filter(|authority| !authority.is_empty())
            .or_else(|| self.fields.first("host"))
            .unwrap_or_default();
        let path = match self.path.as_deref() {
            // `OPTIONS *`: the URI has no path (RFC 9112 §3.3).
            Some("*") => "",
            Some(path) => path,
            // CONNECT names an authority only (§8.5).
            None if self.method.as_deref() == Some("CONNECT") => return authority.to_owned(),
            None => return String::new(),
        };
        if authority.is_empty() {
            return path.to_owned();
        }
        let scheme = match self.scheme.as_deref() {
            _ if is_secure => "https",
            Some(scheme @ ("http" | "https")) => scheme,
            _ => "http",
        };
        format!("{scheme}://{authority}{path}")
    }
}

fn parse_status(value: &[u8]) -> Option<u16> {
    let digits = value.first_chunk::<3>().filter(|_| value.len() == 3)?;
    std::str::from_utf8(digits)
        .ok()?
        .parse()
        .ok()
        .filter(|status| (100..=999).contains(status))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn section(lines: &[(&str, &str)]) -> Section {
        let mut section = Section::new(&Limits::default());
        for (name, value) in lines {
            section.push(FieldLine {
                name: Some(name.as_bytes()),
                value: Some(value.as_bytes()),
            });
        }
        section
    }

    #[test]
    fn host_stands_in_for_authority() {
        let request = section(&[
            (":method", "GET"),
            (":scheme", "http"),
            (":path", "/a?b"),
            ("host", "example.com:8080"),
        ])
        .into_request(false, Version::Http2);
        assert_eq!(&*request.url, "http://example.com:8080/a?b");
        assert_eq!(request.fields.len(), 1);
    }

    #[test]
    fn a_connection_inside_tls_is_https_whatever_the_scheme_says() {
        let request = section(&[
            (":method", "OPTIONS"),
            (":scheme", "http"),
            (":authority", "example.com"),
            (":path", "*"),
        ])
        .into_request(true, Version::Http2);
        assert_eq!(&*request.url, "https://example.com");
    }

    #[test]
    fn a_short_block_cannot_make_a_huge_section() {
        let mut section = Section::new(&Limits {
            field_section: 1000,
            ..Limits::default()
        });
        for _ in 0..1000 {
            section.push(FieldLine {
                name: Some(b"x"),
                value: Some(&[b'y'; 100]),
            });
        }
        assert!(section.caveats.contains(CaveatKind::LimitReached));
        assert!(section.into_fields().len() < 10);
    }

    #[test]
    fn a_status_is_three_digits() {
        assert_eq!(section(&[(":status", "204")]).status(), Some(204));
        for bad in ["", "99", "2000", "020", "2x0"] {
            assert_eq!(section(&[(":status", bad)]).status(), None, "{bad}");
        }
    }
}
