//! The Fetch standard as pure functions; knows no capture.
//!
//! Each file is one algorithm of the standard with the places where browsers differ from it.

pub mod cache;
pub mod check;
pub mod difference;
pub mod list;
mod memo;
pub mod origin;
mod permission;
pub mod preflight;
pub mod redirect;
pub mod safelist;

pub use cache::PreflightCache;
pub use check::{CheckFailure, cors_check};
pub use difference::Difference;
pub use preflight::{Ask, PreflightFailure, check_preflight};

use std::fmt;

/// A browser engine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Browser {
    /// Chrome, Edge, Brave, Opera, …
    Chromium,
    /// Firefox.
    Firefox,
    /// Safari and everything on iOS.
    WebKit,
}

impl Browser {
    /// The engine that a `User-Agent` names; `None` for anything that is no browser.
    ///
    /// Order matters: Chromium claims to be Safari, and everyone claims to be Mozilla.
    pub fn of_user_agent(agent: &str) -> Option<Self> {
        if !agent.starts_with("Mozilla/") {
            return None;
        }
        let has = |part: &str| agent.contains(part);
        // On iOS every browser is WebKit, whatever it calls itself.
        if has("iPhone") || has("iPad") || has("CriOS/") || has("FxiOS/") {
            return Some(Self::WebKit);
        }
        if has("Chrome/") || has("Chromium/") {
            return Some(Self::Chromium);
        }
        if has("Firefox/") && has("Gecko/") {
            return Some(Self::Firefox);
        }
        if has("AppleWebKit/") && has("Safari/") {
            return Some(Self::WebKit);
        }
        None
    }
}

impl fmt::Display for Browser {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Chromium => "Chromium",
            Self::Firefox => "Firefox",
            Self::WebKit => "WebKit",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn engines_are_told_by_user_agent() {
        let chrome = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36";
        let firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:153.0) Gecko/20100101 Firefox/153.0";
        let safari = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Safari/605.1.15";
        let ios = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/140.0 Mobile/15E148 Safari/604.1";
        assert_eq!(Browser::of_user_agent(chrome), Some(Browser::Chromium));
        assert_eq!(Browser::of_user_agent(firefox), Some(Browser::Firefox));
        assert_eq!(Browser::of_user_agent(safari), Some(Browser::WebKit));
        assert_eq!(Browser::of_user_agent(ios), Some(Browser::WebKit));
        assert_eq!(Browser::of_user_agent("curl/8.5.0"), None);
    }
}
