//! Who wrote a HAR, told by its creator or by telling fields, and what each writer leaves out or changes.
//!
//! One row per exporter. An exporter's habit that shows in single fields (`_fromCache`, `_failureText`, …) is read
//! from those fields whoever wrote them; here stands what no field tells.

use super::head::Head;
use super::model::Signs;
use crate::caveat::CaveatKind;
use crate::http::Recorder;

/// A program that writes HARs.
#[derive(Debug, PartialEq, Eq)]
pub struct Exporter {
    /// How its name begins in `creator.name`, in lower case.
    pub creator: &'static str,
    /// What kind of program it is.
    pub recorder: Recorder,
    /// What it does to every exchange.
    pub habits: &'static [CaveatKind],
}

const fn row(creator: &'static str, recorder: Recorder, habits: &'static [CaveatKind]) -> Exporter {
    Exporter {
        creator,
        recorder,
        habits,
    }
}

/// All known exporters; the first row whose name begins the creator's name counts.
pub const EXPORTERS: &[Exporter] = &[
    row("webinspector", Recorder::Chromium, &[]),
    row(
        "webkit web inspector",
        Recorder::Safari,
        &[CaveatKind::ExporterMergesFields],
    ),
    row("firefox", Recorder::Firefox, &[]),
    row("firebug", Recorder::Firefox, &[]),
    // Routing answers preflights itself and shows none; without routing they are not listed either.
    row(
        "playwright",
        Recorder::Automation,
        &[CaveatKind::ExporterOmitsPreflights],
    ),
    // Only its npm name says so; chrome-har is another program.
    row("chrome-har-capturer", Recorder::Automation, &[]),
    // Built on chrome-har, which deletes what failed.
    row(
        "browsertime",
        Recorder::Automation,
        &[CaveatKind::ExporterOmitsFailures],
    ),
    row(
        "chrome-har",
        Recorder::Automation,
        &[CaveatKind::ExporterOmitsFailures],
    ),
    row(
        "sitespeed.io",
        Recorder::Automation,
        &[CaveatKind::ExporterOmitsFailures],
    ),
    row(
        "pagespeed",
        Recorder::Automation,
        &[CaveatKind::ExporterOmitsFailures],
    ),
    row(
        "statuscake",
        Recorder::Automation,
        &[CaveatKind::ExporterOmitsFailures],
    ),
    row("chrome har capturer", Recorder::Automation, &[]),
    row("chromedp", Recorder::Automation, &[]),
    row("phantomjs", Recorder::Automation, &[]),
    row("puppeteer", Recorder::Automation, &[]),
    row("splash", Recorder::Automation, &[]),
    row("waterfall-tools", Recorder::Automation, &[]),
    row("webpagetest", Recorder::Automation, &[]),
    row("browsermob", Recorder::Proxy, &[]),
    row("browserup", Recorder::Proxy, &[]),
    row("burp", Recorder::Proxy, &[]),
    row("charles", Recorder::Proxy, &[]),
    row("fiddler", Recorder::Proxy, &[]),
    row("http toolkit", Recorder::Proxy, &[]),
    row("kubeshark", Recorder::Proxy, &[]),
    row("mitmproxy", Recorder::Proxy, &[]),
    row("mizu", Recorder::Proxy, &[]),
    row("owasp zap", Recorder::Proxy, &[]),
    row("proxyman", Recorder::Proxy, &[]),
    row("reqable", Recorder::Proxy, &[]),
    row("zap", Recorder::Proxy, &[]),
    row("insomnia", Recorder::ApiClient, &[]),
    row("k6", Recorder::ApiClient, &[]),
    row("postman", Recorder::ApiClient, &[]),
];

/// For files without a known creator whose entries carry what only DevTools writes.
const LIKE_CHROMIUM: Exporter = row("", Recorder::Chromium, &[]);
/// The same for Firefox.
const LIKE_FIREFOX: Exporter = row("", Recorder::Firefox, &[]);
/// The same for Playwright.
const LIKE_PLAYWRIGHT: Exporter = row(
    "",
    Recorder::Automation,
    &[CaveatKind::ExporterOmitsPreflights],
);
const UNKNOWN: Exporter = row("", Recorder::Unknown, &[]);

/// The exporter that a file's creator names.
pub fn by_creator(head: &Head) -> Option<&'static Exporter> {
    let name = head.creator.trim().to_ascii_lowercase();
    EXPORTERS
        .iter()
        .find(|exporter| name.starts_with(exporter.creator))
}

/// The exporter that one entry's fields betray: for creators that are not known, or not known *yet* since they stand
/// behind the entries of a large file.
pub(super) fn by_entry(signs: Signs) -> &'static Exporter {
    if signs.monotonic_time {
        &LIKE_PLAYWRIGHT
    } else if signs.initiator && signs.resource_type {
        &LIKE_CHROMIUM
    } else if signs.security_state {
        &LIKE_FIREFOX
    } else {
        &UNKNOWN
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(creator: &str) -> Option<Recorder> {
        let mut head = Head::default();
        head.creator = creator.to_owned();
        by_creator(&head).map(|exporter| exporter.recorder)
    }

    #[test]
    fn creators_are_told_by_the_start_of_their_name_in_any_case() {
        assert_eq!(named("WebInspector"), Some(Recorder::Chromium));
        assert_eq!(named("WebKit Web Inspector"), Some(Recorder::Safari));
        assert_eq!(named("mitmproxy har_dump"), Some(Recorder::Proxy));
        assert_eq!(
            named("insomnia REST Client:insomnia.desktop.app"),
            Some(Recorder::ApiClient)
        );
        assert_eq!(named("my tool"), None);
        assert_eq!(named(""), None);
    }

    #[test]
    fn telling_fields_stand_in_for_a_creator() {
        let devtools = Signs {
            initiator: true,
            resource_type: true,
            ..Signs::default()
        };
        assert_eq!(by_entry(devtools).recorder, Recorder::Chromium);
        let firefox = Signs {
            security_state: true,
            ..Signs::default()
        };
        assert_eq!(by_entry(firefox).recorder, Recorder::Firefox);
        assert_eq!(by_entry(Signs::default()).recorder, Recorder::Unknown);
    }

    #[test]
    fn no_row_hides_another() {
        for (index, exporter) in EXPORTERS.iter().enumerate() {
            let earlier = EXPORTERS.iter().take(index);
            assert!(
                earlier
                    .into_iter()
                    .all(|other| !exporter.creator.starts_with(other.creator))
            );
        }
    }
}
