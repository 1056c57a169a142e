//! Which exchanges a run wants to keep beyond their connection.

use super::field::Fields;

/// How much of the traffic is kept.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Interest {
    /// Every exchange (`extract`).
    All,
    /// Only exchanges that can bear on CORS (`check`): all else is framed, counted and forgotten.
    #[default]
    Cors,
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
                .any(|(name, value)| request_field_matters(name, value))
    }

    /// Whether an answer bears on CORS whatever its request: it carries a field of the protocol, or redirects.
    pub fn wants_response(self, status: u16, fields: &Fields) -> bool {
        self == Self::All
            || matches!(status, 301 | 302 | 303 | 307 | 308)
            || fields.iter().any(|(name, _)| response_field_matters(name))
    }
}

/// Whether a request field shows that the request bears on CORS. `value` settles fields that most requests carry.
pub fn request_field_matters(name: &str, value: &str) -> bool {
    name.eq_ignore_ascii_case("origin")
        || (name.eq_ignore_ascii_case("sec-fetch-mode") && value == "cors")
        // A script's own requests, those in mode `no-cors` too.
        || (name.eq_ignore_ascii_case("sec-fetch-dest") && value == "empty")
        || starts_with_ignore_case(name, "access-control-")
}

/// Whether a response field shows that the answer bears on CORS.
pub fn response_field_matters(name: &str) -> bool {
    starts_with_ignore_case(name, "access-control-")
        || starts_with_ignore_case(name, "cross-origin-")
}

fn starts_with_ignore_case(name: &str, prefix: &str) -> bool {
    name.get(..prefix.len())
        .is_some_and(|start| start.eq_ignore_ascii_case(prefix))
}
