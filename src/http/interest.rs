//! Which exchanges a run wants to keep beyond their connection.

use super::field::{Fields, Mark, Names};

/// How much of the traffic is kept.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Interest {
    /// Every exchange (`extract`).
    All,
    /// Only exchanges that can bear on CORS (`check`): all else is framed, counted and forgotten, and so are fields that
    /// decide nothing.
    #[default]
    Cors,
    /// The same exchanges with all their fields, to be shown.
    CorsVerbatim,
}

impl Interest {
    /// Whether a request with this method and these fields bears on CORS by itself.
    ///
    /// An exchange is also kept when its answer does ([`Self::wants_response`]).
    pub fn wants_request(self, method: &str, fields: &Fields) -> bool {
        self == Self::All
            || method == "OPTIONS"
            || fields
                .iter()
                .any(|(name, value)| request_field_matters(name, value.as_bytes()))
    }

    /// Fields that are not kept with a message that is. Hundreds of thousands of messages wait for their partners; a third
    /// of their bytes are fields at which nothing in `check` looks.
    #[inline]
    pub fn idle_fields(self) -> &'static Names {
        match self {
            Self::Cors => &IDLE,
            Self::All | Self::CorsVerbatim => &Names::NONE,
        }
    }

    /// Whether an answer bears on CORS whatever its request: it carries a field of the protocol, or redirects.
    pub fn wants_response(self, status: u16, fields: &Fields) -> bool {
        self == Self::All
            || matches!(status, 301 | 302 | 303 | 307 | 308)
            || fields.iter().any(|(name, _)| response_field_matters(name))
    }
}

/// Fields that never decide anything about CORS and are no evidence either. A test holds that no rule, cause or fix
/// names one of them.
static IDLE: Names = Names::new(&IDLE_NAMES);

const IDLE_NAMES: [&str; 22] = [
    "accept-encoding",
    "accept-ranges",
    "alt-svc",
    "content-security-policy",
    "content-security-policy-report-only",
    "expect-ct",
    "nel",
    "origin-agent-cluster",
    "permissions-policy",
    "referrer-policy",
    "report-to",
    "reporting-endpoints",
    "sec-ch-ua",
    "sec-ch-ua-mobile",
    "sec-ch-ua-platform",
    "sec-fetch-user",
    "sec-gpc",
    "server-timing",
    "strict-transport-security",
    "x-content-type-options",
    "x-frame-options",
    "x-xss-protection",
];

/// Whether a field of this name may matter to a request or an answer: told by what is known of the name already, so that
/// most need not be read.
#[inline]
pub(super) fn may_matter(mark: Mark, name: &[u8]) -> bool {
    let has_prefix = name.len() > 12 && matches!(name.first(), Some(b'a' | b'A' | b'c' | b'C'));
    has_prefix || TELLING.may_have(mark)
}

/// Names that tell by themselves or by their value; others begin with `access-control-` or `cross-origin-`.
static TELLING: Names = Names::new(&["origin", "sec-fetch-dest", "sec-fetch-mode"]);

/// Whether a request field shows that the request bears on CORS. `value` settles fields that most requests carry.
pub fn request_field_matters(name: &str, value: &[u8]) -> bool {
    matters_in_request(name.as_bytes(), value)
}

/// Whether a response field shows that the answer bears on CORS.
pub fn response_field_matters(name: &str) -> bool {
    matters_in_answer(name.as_bytes())
}

/// [`request_field_matters`], of a name as it stands on the wire.
pub(super) fn matters_in_request(name: &[u8], value: &[u8]) -> bool {
    name.eq_ignore_ascii_case(b"origin")
        || (name.eq_ignore_ascii_case(b"sec-fetch-mode") && value == b"cors")
        // A script's own requests, those in mode `no-cors` too.
        || (name.eq_ignore_ascii_case(b"sec-fetch-dest") && value == b"empty")
        || starts_with_ignore_case(name, b"access-control-")
}

/// [`response_field_matters`], of a name as it stands on the wire.
pub(super) fn matters_in_answer(name: &[u8]) -> bool {
    starts_with_ignore_case(name, b"access-control-")
        || starts_with_ignore_case(name, b"cross-origin-")
}

fn starts_with_ignore_case(name: &[u8], prefix: &[u8]) -> bool {
    name.get(..prefix.len())
        .is_some_and(|start| start.eq_ignore_ascii_case(prefix))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn idle_fields_are_left_out_in_any_spelling() {
        let is_idle = |interest: Interest, name| interest.idle_fields().find(name).is_some();
        assert!(is_idle(Interest::Cors, "Strict-Transport-Security"));
        assert!(is_idle(Interest::Cors, "nel"));
        assert!(!is_idle(Interest::Cors, "Access-Control-Allow-Origin"));
        assert!(!is_idle(Interest::All, "nel"));
    }

    #[test]
    fn a_field_that_matters_is_never_passed_over_unread() {
        for name in [
            "Origin",
            "sec-fetch-mode",
            "Sec-Fetch-Dest",
            "access-control-",
            "Access-Control-Allow-Origin",
            "cross-origin-",
            "Cross-Origin-Resource-Policy",
        ] {
            let matters = response_field_matters(name)
                || request_field_matters(name, b"cors")
                || request_field_matters(name, b"empty");
            assert!(matters, "{name}");
            assert!(
                may_matter(Mark::of(name.as_bytes()), name.as_bytes()),
                "{name}"
            );
        }
        assert!(!may_matter(Mark::of(b"Accept"), b"Accept"));
    }

    #[test]
    fn nothing_that_judges_names_an_idle_field() {
        let rooms = ["cors", "rules", "causes", "fixes"];
        let mut folders: Vec<_> = rooms
            .iter()
            .map(|room| {
                std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
                    .join("src")
                    .join(room)
            })
            .collect();
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                    continue;
                }
                let text = std::fs::read_to_string(&path).unwrap();
                for idle in IDLE_NAMES {
                    let named = text.contains(&format!("\"{idle}\""));
                    assert!(!named, "{} reads {idle}", path.display());
                }
            }
        }
    }
}
