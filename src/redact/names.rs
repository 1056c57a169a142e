//! Which names (of fields, query parameters, form and JSON members) announce a secret.
//!
//! The lists cover what the HAR sanitizers of Google and Cloudflare scrub, and the usual names of API keys.

use aho_corasick::AhoCorasick;
use std::sync::LazyLock;

/// Where a name stands: some names are secrets in a URL and harmless in a JSON document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    Body,
    Field,
    Query,
}

/// Whether the value that belongs to `name` must be hidden.
pub(super) fn is_secret(place: Place, name: &str) -> bool {
    if name.len() > 200 {
        return true;
    }
    let squashed = squash(name);
    if squashed.is_empty() {
        return false;
    }
    let squashed = squashed.as_str();
    if place == Place::Field && NOT_SECRET_FIELDS.contains(&squashed) {
        return false;
    }
    EVERYWHERE.contains(&squashed)
        || has_part(squashed)
        || (place != Place::Body
            && (IN_URLS.contains(&squashed)
                || squashed.starts_with("xamz") && place == Place::Query
                || squashed.starts_with("xgoog") && place == Place::Query))
        || squashed.ends_with("sid")
        || (place == Place::Query
            && words(name).any(|word| QUERY_WORDS.iter().any(|own| own.eq_ignore_ascii_case(word))))
        || (place == Place::Field
            && words(name).any(|word| FIELD_WORDS.iter().any(|own| own.eq_ignore_ascii_case(word))))
        || words(name).any(|word| WORDS.iter().any(|own| own.eq_ignore_ascii_case(word)))
}

/// Whether one of [`PARTS`] stands in a squashed name; every word of every report is asked.
fn has_part(squashed: &str) -> bool {
    static FINDER: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| AhoCorasick::new(PARTS).ok());
    match &*FINDER {
        Some(finder) => finder.is_match(squashed),
        None => PARTS.iter().any(|part| squashed.contains(part)),
    }
}

/// Lower case, letters and digits only: `X-Api_Key` → `xapikey`. Percent escapes are resolved first.
fn squash(name: &str) -> String {
    let decoded = super::nested::decode_fully(name);
    decoded
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|c| c.to_ascii_lowercase())
        .collect()
}

/// `X-Auth-Key` → `X`, `Auth`, `Key`; `authKey` → `auth`, `Key`.
fn words(name: &str) -> impl Iterator<Item = &str> {
    name.split(|c: char| !c.is_ascii_alphanumeric())
        .flat_map(|part| {
            let mut rest = part;
            std::iter::from_fn(move || {
                let cut = rest
                    .char_indices()
                    .zip(rest.chars().skip(1))
                    .find(|((_, now), next)| now.is_ascii_lowercase() && next.is_ascii_uppercase())
                    .map_or(rest.len(), |((at, now), _)| at + now.len_utf8());
                let (word, tail) = rest.split_at_checked(cut)?;
                rest = tail;
                (!word.is_empty()).then_some(word)
            })
        })
}

/// Whole names, squashed.
const EVERYWHERE: [&str; 69] = [
    "accountkey",
    "appid",
    "assertion",
    "auth",
    "authcode",
    "awsaccesskeyid",
    "cardnumber",
    "clientid",
    "connectsid",
    "contrasena",
    "creditcard",
    "creditcardnumber",
    "cvc",
    "cvv",
    "devicecode",
    "dpop",
    "encryptionkey",
    "facetid",
    "fcparams",
    "googleaccessid",
    "haslo",
    "hmac",
    "iban",
    "jsessionid",
    "kennwort",
    "licensekey",
    "logincode",
    "masterkey",
    "mdp",
    "mfacode",
    "motdepasse",
    "onetimecode",
    "oobcode",
    "otp",
    "otpcode",
    "ott",
    "pass",
    "pass1",
    "pass2",
    "passcode",
    "passphrase",
    "passw",
    "passwort",
    "phpsessid",
    "pin",
    "pincode",
    "psk",
    "pw",
    "pwd",
    "recoverycode",
    "relaystate",
    "senha",
    "serverdata",
    "sharedkey",
    "shdf",
    "sid",
    "sig",
    "signedrequest",
    "smscode",
    "ssn",
    "totp",
    "usercode",
    "userpass",
    "usg",
    "verificationcode",
    "vses2",
    "wachtwoord",
    "xclientdata",
    "xpass",
];

/// Whole names that are secrets in a URL or field, but everyday words in a body.
const IN_URLS: [&str; 34] = [
    "challenge",
    "code",
    "codechallenge",
    "email",
    "forwardeduser",
    "hdnea",
    "hdntl",
    "hdnts",
    "invite",
    "invitecode",
    "key",
    "keypairid",
    "loginhint",
    "logouthint",
    "mac",
    "magic",
    "magiclink",
    "nonce",
    "pass",
    "policy",
    "remoteuser",
    "sign",
    "state",
    "tan",
    "ticket",
    "username",
    "verify",
    "wctx",
    "wresult",
    "xaccess",
    "xauthenticateduser",
    "xauthenticateduserid",
    "xforwardeduser",
    "xremoteuser",
];

/// A squashed name that contains one of these is a secret.
const PARTS: [&str; 33] = [
    "accesskey",
    "apikey",
    "appcheck",
    "authkey",
    "authorization",
    "bearer",
    "cfaccess",
    "cfchl",
    "clientassertion",
    "clientcert",
    "clientprincipal",
    "codeverifier",
    "cookie",
    "credential",
    "csrf",
    "functionskey",
    "jwt",
    "oauthverifier",
    "oidc",
    "passwd",
    "password",
    "privatekey",
    "pwd",
    "samlart",
    "samlre",
    "secret",
    "securitykey",
    "sessid",
    "session",
    "signature",
    "subscriptionkey",
    "token",
    "xsrf",
];

/// A name with one of these among its words is a secret: `x-auth`, `userPin`, but not `author`.
const WORDS: [&str; 11] = [
    "2fa",
    "auth",
    "creds",
    "hmac",
    "mfa",
    "otp",
    "passphrase",
    "pin",
    "pwd",
    "sid",
    "sig",
];

/// The same in the names of fields only.
const FIELD_WORDS: [&str; 6] = ["assertion", "cert", "key", "login", "nonce", "ticket"];

/// The same in the names of query parameters only.
const QUERY_WORDS: [&str; 2] = ["key", "nonce"];

/// Fields whose names look secret and whose values are not, squashed.
const NOT_SECRET_FIELDS: [&str; 15] = [
    "cachekey",
    "credentials",
    "idempotencykey",
    "proxyauthenticate",
    "publickeypins",
    "publickeypinsreportonly",
    "secsessionregistration",
    "secwebsocketkey",
    "state",
    "surrogatekey",
    "user",
    "wwwauthenticate",
    "xcachekey",
    "xcsrfprotection",
    "xratelimitpolicy",
];

#[cfg(test)]
mod tests {
    use super::*;

    /// The word lists of Google's and Cloudflare's HAR sanitizers (both are on GitHub as har-sanitizer).
    #[test]
    fn what_other_sanitizers_scrub_is_a_secret_here_too() {
        for name in [
            "access_token",
            "appID",
            "assertion",
            "auth",
            "authenticity_token",
            "Authorization",
            "challenge",
            "client_id",
            "client_secret",
            "code",
            "code_challenge",
            "code_verifier",
            "email",
            "facetID",
            "fcParams",
            "id_token",
            "password",
            "SAMLRequest",
            "SAMLResponse",
            "serverData",
            "shdf",
            "state",
            "token",
            "usg",
            "vses2",
            "x-client-data",
        ] {
            assert!(is_secret(Place::Query, name), "{name}");
        }
    }

    #[test]
    fn spellings_of_secrets_are_recognised() {
        for name in [
            "X-Api-Key",
            "apikey",
            "access_token",
            "accessToken",
            "X-CSRFToken",
            "X-Auth",
            "xAuth",
            "Ocp-Apim-Subscription-Key",
            "client_secret",
            "%61ccess_token",
            "X-Amz-Signature",
            "PHPSESSID",
            "SAMLResponse",
            "to%256ben",
            "RelayState",
            "oauth_verifier",
        ] {
            assert!(is_secret(Place::Query, name), "{name}");
        }
    }

    #[test]
    fn everyday_names_are_not() {
        for name in [
            "author", "page", "sort", "keyboard", "monkey", "origin", "signal", "spinner",
        ] {
            assert!(!is_secret(Place::Query, name), "{name}");
        }
        for name in ["X-Mashape-Key", "X-WP-Nonce", "CF-Access-Client-Id", "DPoP"] {
            assert!(is_secret(Place::Field, name), "{name}");
        }
        for name in [
            "Idempotency-Key",
            "X-Cache-Key",
            "Surrogate-Key",
            "Keep-Alive",
        ] {
            assert!(!is_secret(Place::Field, name), "{name}");
        }
        for name in ["code", "state", "key", "email"] {
            assert!(!is_secret(Place::Body, name), "{name}");
            assert!(is_secret(Place::Query, name), "{name}");
        }
    }
}
