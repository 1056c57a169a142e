//! What a redirect changes: the whole story of most redirects that break a page's requests.

use super::words::has;
use url::Url;

/// The difference between a URL and where its answer sends the client.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Redirect {
    /// No redirect.
    #[default]
    None,
    /// Capital letters only.
    Case,
    /// Another host.
    Host,
    /// A language was put into the path.
    Locale,
    /// To a page where users sign in.
    Login,
    /// Another path of the same host.
    Path,
    /// `http` to `https` or back.
    Scheme,
    /// A slash at the end of the path.
    TrailingSlash,
    /// `www.` put before the host or taken away.
    Www,
}

impl Redirect {
    /// Classifies a redirect of `from` to `location`, which may be relative.
    pub(super) fn between(from: &str, location: &str) -> Self {
        let Ok(from) = Url::parse(from) else {
            return Self::Path;
        };
        let Ok(to) = from.join(location) else {
            return Self::Path;
        };
        if !is_login(&from) && is_login(&to) {
            return Self::Login;
        }
        if from.host_str() != to.host_str() {
            return match is_www(&from, &to) && from.path() == to.path() {
                true => Self::Www,
                false => Self::Host,
            };
        }
        match (from.path(), to.path()) {
            (one, other) if one == other && from.scheme() != to.scheme() => Self::Scheme,
            (one, other)
                if one == other && from.port_or_known_default() != to.port_or_known_default() =>
            {
                Self::Host
            }
            (one, other) => between_paths(one, other),
        }
    }

    /// Whether the target is the same thing under its canonical address.
    pub(super) fn is_canonical(self) -> bool {
        matches!(
            self,
            Self::Case | Self::Locale | Self::Scheme | Self::TrailingSlash | Self::Www
        )
    }

    /// What changed, for the reader.
    pub(super) fn text(self) -> &'static str {
        match self {
            Self::None => "nothing",
            Self::Case => "only capital letters of the path",
            Self::Host => "the host",
            Self::Locale => "the language in the path",
            Self::Login => "to a sign-in page",
            Self::Path => "the path",
            Self::Scheme => "only the scheme",
            Self::TrailingSlash => "only the slash at the end of the path",
            Self::Www => "only the www. of the host",
        }
    }
}

fn between_paths(one: &str, other: &str) -> Redirect {
    let bare = |path: &str| path.strip_suffix('/').unwrap_or(path).to_owned();
    if bare(one) == bare(other) {
        return Redirect::TrailingSlash;
    }
    if bare(one).eq_ignore_ascii_case(&bare(other)) {
        return Redirect::Case;
    }
    match is_localised(one, other) || is_localised(other, one) {
        true => Redirect::Locale,
        false => Redirect::Path,
    }
}

/// Whether `other` is `one` behind a language tag: `/en/a`, `/pt-BR/a`.
fn is_localised(one: &str, other: &str) -> bool {
    let Some(rest) = other.strip_suffix(one) else {
        return false;
    };
    let tag = rest.trim_start_matches('/');
    let (language, region) = tag.split_once(['-', '_']).unwrap_or((tag, ""));
    language.len() == 2
        && language.bytes().all(|byte| byte.is_ascii_alphabetic())
        && (region.is_empty() || region.len() == 2)
}

fn is_www(one: &Url, other: &Url) -> bool {
    let (Some(one), Some(other)) = (one.host_str(), other.host_str()) else {
        return false;
    };
    one.strip_prefix("www.") == Some(other) || other.strip_prefix("www.") == Some(one)
}

/// Whether a URL is that of a sign-in page, by host or path.
fn is_login(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    LOGIN_HOSTS
        .iter()
        .any(|known| host == *known || host.ends_with(&format!(".{known}")))
        || LOGIN_LABELS.contains(&host.split('.').next().unwrap_or_default())
        || url.path().split('/').any(is_login_segment)
}

fn is_login_segment(segment: &str) -> bool {
    let stem = segment.split('.').next().unwrap_or(segment);
    LOGIN_SEGMENTS
        .iter()
        .any(|known| stem.eq_ignore_ascii_case(known))
        || has(stem, "saml")
}

const LOGIN_HOSTS: [&str; 10] = [
    "accounts.google.com",
    "auth0.com",
    "b2clogin.com",
    "cloudflareaccess.com",
    "duosecurity.com",
    "login.live.com",
    "login.microsoftonline.com",
    "okta.com",
    "onelogin.com",
    "pingidentity.com",
];
const LOGIN_LABELS: [&str; 9] = [
    "login", "signin", "sso", "auth", "idp", "accounts", "account", "keycloak", "adfs",
];
const LOGIN_SEGMENTS: [&str; 17] = [
    "login",
    "log-in",
    "log_in",
    "logon",
    "signin",
    "sign-in",
    "sign_in",
    "sso",
    "oauth",
    "oauth2",
    "authorize",
    "authenticate",
    "auth",
    "openid-connect",
    "adfs",
    "cas",
    "session-expired",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_change_has_its_name() {
        let rows = [
            ("http://a.test/x", "https://a.test/x", Redirect::Scheme),
            ("http://a.test:80/x", "https://a.test/x?y", Redirect::Scheme),
            ("https://a.test/x", "/x/", Redirect::TrailingSlash),
            (
                "https://a.test/x/",
                "https://a.test/x",
                Redirect::TrailingSlash,
            ),
            ("https://a.test/x", "https://www.a.test/x", Redirect::Www),
            ("https://a.test/API/x", "/api/x", Redirect::Case),
            ("https://a.test/x", "/en-US/x", Redirect::Locale),
            ("https://a.test/x", "/y", Redirect::Path),
            ("https://a.test/x", "https://b.test/x", Redirect::Host),
            ("https://a.test/x", "/users/sign_in", Redirect::Login),
            (
                "https://a.test/x",
                "https://login.a.test/?n=1",
                Redirect::Login,
            ),
            (
                "https://a.test/x",
                "https://t.eu.auth0.com/authorize",
                Redirect::Login,
            ),
            ("https://a.test/login", "/login/", Redirect::TrailingSlash),
            ("not a url", "/x", Redirect::Path),
        ];
        for (from, location, expected) in rows {
            assert_eq!(
                Redirect::between(from, location),
                expected,
                "{from} {location}"
            );
        }
    }
}
