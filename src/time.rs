//! Points in time as captures and HAR files give them: nanoseconds since the Unix epoch, UTC.
//!
//! The program never asks the clock; every time comes from the input.

use std::fmt;
use std::time::Duration;

/// Nanoseconds since 1970-01-01T00:00:00Z. Covers the years 1678 to 2262.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(pub i64);

impl Timestamp {
    /// The time from `earlier` to `self`; zero when `earlier` is later.
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_nanos(u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0))
    }

    /// `self` moved on by `span`, saturating.
    pub fn after(self, span: Duration) -> Self {
        Self(
            self.0
                .saturating_add(i64::try_from(span.as_nanos()).unwrap_or(i64::MAX)),
        )
    }

    /// Parses an RFC 3339 date-time as HAR writes it, with or without an offset (none means UTC).
    ///
    /// Returns `None` for anything else; an exporter's empty or scrubbed date is not an error.
    pub fn parse(text: &str) -> Option<Self> {
        let stamp = text
            .parse::<jiff::Timestamp>()
            .or_else(|_| {
                text.parse::<jiff::civil::DateTime>()
                    .and_then(|civil| civil.to_zoned(jiff::tz::TimeZone::UTC))
                    .map(|zoned| zoned.timestamp())
            })
            .ok()?;
        i64::try_from(stamp.as_nanosecond()).ok().map(Self)
    }
}

/// RFC 3339 in UTC, with as many decimals as the value has (none, 3, 6 or 9).
impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let decimals = match self.0 {
            n if n % 1_000_000_000 == 0 => 0,
            n if n % 1_000_000 == 0 => 3,
            n if n % 1_000 == 0 => 6,
            _ => 9,
        };
        match jiff::Timestamp::from_nanosecond(i128::from(self.0)) {
            Ok(stamp) => write!(f, "{stamp:.decimals$}"),
            Err(_) => write!(f, "{} ns", self.0),
        }
    }
}

impl serde::Serialize for Timestamp {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exporters_dates_are_read() {
        let utc = Timestamp::parse("2026-11-20T10:11:12.123456789Z").unwrap();
        assert_eq!(utc.to_string(), "2026-11-20T10:11:12.123456789Z");
        let offset = Timestamp::parse("2026-11-20T15:11:12.123+05:00").unwrap();
        assert_eq!(offset.to_string(), "2026-11-20T10:11:12.123Z");
        let zoneless = Timestamp::parse("2026-11-20T10:11:12.1234567").unwrap();
        assert_eq!(zoneless.to_string(), "2026-11-20T10:11:12.123456700Z");
        assert_eq!(Timestamp::parse("SCRUBBED"), None);
        assert_eq!(Timestamp::parse(""), None);
    }
}
