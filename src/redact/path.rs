//! Secrets in the path of a URL: one-time tokens, the keys of webhooks, tokens behind `;` and `=`.

use super::names::{Place, is_one_of, is_secret, squash};
use super::url::{self, Pieces, decode};
use super::{Kind, Redactor, email, nested, shapes};
use std::borrow::Cow;

/// Puts `path`, which belongs to `host`, without its secrets.
pub(super) fn clean<'a>(redactor: &Redactor, host: &str, path: &'a str, out: &mut Pieces<'a>) {
    // A proxy's path: `/proxy/https://user:secret@host/`.
    let (path, inner) = match url::find_scheme_end(path).and_then(|at| path.get(..at)?.rfind('/')) {
        Some(slash) => path.split_at_checked(slash + 1).unwrap_or((path, "")),
        None => (path, ""),
    };
    let mut previous = "";
    let mut is_hook = is_hook_host(host);
    for segment in path.split_inclusive(['/', '\\']) {
        let bare = segment.trim_end_matches(['/', '\\']);
        // `;jsessionid=…` and other path parameters (RFC 3986 §3.3).
        let (name, parameters) = url::split_before(bare, ';');
        out.put(clean_segment(redactor, previous, is_hook, name));
        url::clean_parameters(redactor, host, parameters, out);
        out.keep(segment.get(bare.len()..).unwrap_or_default());
        is_hook |= HOOKS.iter().any(|own| own.eq_ignore_ascii_case(name));
        previous = name;
    }
    if !inner.is_empty() {
        out.put(nested::clean(redactor, inner));
    }
}

fn clean_segment<'a>(
    redactor: &Redactor,
    previous: &str,
    is_hook: bool,
    segment: &'a str,
) -> Cow<'a, str> {
    if shapes::is_plain(segment) {
        return match is_announced(previous, is_hook, segment) {
            true => redactor.hide(Kind::Url, segment),
            false => Cow::Borrowed(segment),
        };
    }
    if let Some((name, value)) = segment.split_once('=')
        && is_secret(Place::Query, name)
    {
        let mut out = Pieces::new(segment);
        out.keep(name);
        out.keep("=");
        out.put(redactor.hide(Kind::Url, value));
        return out.finish();
    }
    let decoded = decode(segment);
    if hides(previous, is_hook, &decoded) {
        return redactor.hide(Kind::Url, segment);
    }
    if email::find(segment).is_some() {
        return email::clean(redactor, segment);
    }
    if matches!(decoded, Cow::Owned(_)) {
        if email::find(&decoded).is_some() {
            return redactor.hide(Kind::Email, segment);
        }
        return nested::clean(redactor, segment);
    }
    Cow::Borrowed(segment)
}

fn hides(previous: &str, is_hook: bool, segment: &str) -> bool {
    shapes::is_token(segment)
        || (segment.len() >= 24
            && !segment.contains('.')
            && !segment.bytes().all(|byte| byte.is_ascii_hexdigit())
            && shapes::is_opaque(segment))
        || is_bot_token(segment)
        || is_session_in_parentheses(segment)
        || is_announced(previous, is_hook, segment)
}

/// Whether what stands before `segment` makes it a secret.
fn is_announced(previous: &str, is_hook: bool, segment: &str) -> bool {
    is_hook && is_key_of_hook(segment)
        || is_one_time(segment) && announces(previous) && !is_number_of(previous, segment)
}

/// `bot123456:AA…` as in the Telegram API.
fn is_bot_token(segment: &str) -> bool {
    let bot = segment
        .split_once(':')
        .and_then(|(bot, key)| Some((bot.strip_prefix("bot")?, key)));
    bot.is_some_and(|(number, key)| {
        number.len() >= 5 && number.bytes().all(|byte| byte.is_ascii_digit()) && !key.is_empty()
    })
}

/// `(S(lit3py55t21z5v55vlm25s55))`: ASP.NET without cookies.
fn is_session_in_parentheses(segment: &str) -> bool {
    let inner = segment
        .strip_prefix('(')
        .and_then(|rest| rest.strip_suffix("))"));
    inner.is_some_and(|inner| inner.as_bytes().get(1) == Some(&b'('))
}

/// What may stand behind a word that announces a one-time token: not `new`, `refresh`, `7` or `v2`.
fn is_one_time(segment: &str) -> bool {
    let digits = segment.bytes().filter(u8::is_ascii_digit).count();
    segment.len() >= 6 && digits > 0 && !segment.contains('.')
        || segment.len() >= 20 && segment.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

/// The number of a resource: `/sessions/100477` is one of many that count up, while `/verify/100477` is a secret.
fn is_number_of(previous: &str, segment: &str) -> bool {
    let is_number = segment.bytes().all(|byte| byte.is_ascii_digit());
    let last = previous.as_bytes().last().copied().unwrap_or_default();
    is_number && segment.len() <= 12 && last.eq_ignore_ascii_case(&b's')
}

/// Of a webhook's path only words of lower case and short numbers are no secrets.
fn is_key_of_hook(segment: &str) -> bool {
    let is_word = segment
        .bytes()
        .all(|byte| byte.is_ascii_lowercase() || matches!(byte, b'-' | b'_' | b'.'));
    segment.len() >= 6
        && (!is_word || segment.len() >= 24)
        && !HOOKS.iter().any(|own| own.eq_ignore_ascii_case(segment))
}

fn announces(previous: &str) -> bool {
    // Longer than the longest of them.
    let mut buffer = [0; 32];
    is_one_of(&BEFORE_TOKENS, squash(previous, &mut buffer))
}

/// `hooks.slack.com`, `hook.eu1.make.com`, `corp.webhook.office.com`.
fn is_hook_host(host: &str) -> bool {
    host.split('.')
        .any(|label| HOOKS.iter().any(|own| own.eq_ignore_ascii_case(label)))
}

/// Labels and segments of the URLs that vendors give out as webhooks; whoever has one may post.
const HOOKS: [&str; 6] = [
    "hook",
    "hooks",
    "incomingwebhook",
    "webhook",
    "webhookb2",
    "webhooks",
];

/// Path segments that are followed by a one-time token, squashed.
const BEFORE_TOKENS: [&str; 31] = [
    "accesstoken",
    "activate",
    "activation",
    "apikey",
    "apitoken",
    "callback",
    "confirm",
    "confirmation",
    "emailverification",
    "invitation",
    "invitations",
    "invite",
    "key",
    "keys",
    "magic",
    "magiclink",
    "otp",
    "passwordreset",
    "refreshtoken",
    "reset",
    "resetpassword",
    "secret",
    "session",
    "sessions",
    "share",
    "shared",
    "sso",
    "token",
    "unsubscribe",
    "verify",
    "verifyemail",
];

#[cfg(test)]
mod tests {
    use super::*;

    fn cleaned(url: &str) -> String {
        Redactor::closed().url(url).into_owned()
    }

    #[test]
    fn tokens_in_the_path_go() {
        assert_eq!(
            cleaned("https://a.example/app;jsessionid=1A2B/reset/a1b2c3d4e5f6a7?x=1"),
            "https://a.example/app;jsessionid=‹redacted:1›/reset/‹redacted:2›?x=1"
        );
        assert_eq!(
            cleaned("/v1/eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc/x"),
            "/v1/‹redacted:1›/x"
        );
        assert_eq!(cleaned("/(S(lit3py55t2))/a.aspx"), "/‹redacted:1›/a.aspx");
        assert_eq!(cleaned("/token=abc/x"), "/token=‹redacted:1›/x");
        assert_eq!(cleaned("/verify/100477"), "/verify/‹redacted:1›");
    }

    #[test]
    fn whoever_has_a_webhooks_url_may_post() {
        for (url, hidden) in [
            (
                "https://hooks.slack.com/services/T0/B0/aB3dE5fG7h",
                "https://hooks.slack.com/services/T0/B0/‹redacted:1›",
            ),
            (
                "https://discord.com/api/webhooks/12/aB3dE5/messages",
                "https://discord.com/api/webhooks/12/‹redacted:1›/messages",
            ),
            (
                "https://api.telegram.org/bot123456:AbC/sendMessage",
                "https://api.telegram.org/‹redacted:1›/sendMessage",
            ),
        ] {
            assert_eq!(cleaned(url), hidden);
        }
    }

    #[test]
    fn names_of_endpoints_stay() {
        for path in [
            "/api/webhooks/stripe/events",
            "/session/new",
            "/sessions/7",
            "/v1/sessions/100477",
            "/token/refresh",
            "/auth/oauth2/callback",
            "/verify/v2",
            "/reset/index.min.js",
            "/static/js/main.3f2a9c1b.chunk.js",
            "/a//b/",
            "/@scope/pkg@1.2.3/index.js",
        ] {
            assert_eq!(cleaned(path), path);
        }
    }
}
