//! The CORS check (Fetch `#cors-check`): may this origin read this answer?
//!
//! The order of tests is Chromium's; Firefox and WebKit give the same verdicts under other names.

use crate::http::Fields;
use url::Url;

/// Why an answer does not pass the CORS check.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CheckFailure {
    /// There is no `Access-Control-Allow-Origin`.
    Missing,
    /// It is `*`, and credentials were included.
    WildcardWithCredentials,
    /// It holds more than one value.
    Multiple,
    /// It is neither an origin nor `null` nor `*`.
    Invalid,
    /// It is another origin.
    Mismatch,
    /// It is right, but credentials were included and `Access-Control-Allow-Credentials` is not `true`.
    CredentialsNotTrue,
}

/// Checks the fields of an answer for a request from `origin`, with or without credentials.
///
/// # Errors
/// The first test that fails.
pub fn cors_check(
    fields: &Fields,
    origin: &str,
    with_credentials: bool,
) -> Result<(), CheckFailure> {
    let Some(value) = fields.combined("access-control-allow-origin") else {
        return Err(CheckFailure::Missing);
    };
    if value == "*" {
        return match with_credentials {
            true => Err(CheckFailure::WildcardWithCredentials),
            false => Ok(()),
        };
    }
    if value != origin {
        return Err(unequal(&value));
    }
    if with_credentials && !allows_credentials(fields) {
        return Err(CheckFailure::CredentialsNotTrue);
    }
    Ok(())
}

/// Whether `Access-Control-Allow-Credentials` is exactly `true`.
pub fn allows_credentials(fields: &Fields) -> bool {
    fields
        .combined("access-control-allow-credentials")
        .is_some_and(|value| value == "true")
}

/// What is wrong with a value that is neither `*` nor the origin.
fn unequal(value: &str) -> CheckFailure {
    // Chromium looks for SP and comma before it looks at anything else: `yes please` is "multiple" too.
    if value.contains([' ', ',']) {
        CheckFailure::Multiple
    } else if value == "null" || Url::parse(value).is_ok() {
        CheckFailure::Mismatch
    } else {
        CheckFailure::Invalid
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ORIGIN: &str = "http://127.0.0.1:9001";

    fn check(lines: &[&str]) -> Result<(), CheckFailure> {
        let fields = lines
            .iter()
            .map(|value| ("Access-Control-Allow-Origin", *value))
            .collect();
        cors_check(&fields, ORIGIN, false)
    }

    #[test]
    fn values_that_are_no_url_are_invalid_and_the_others_mismatch() {
        for value in [
            "",
            "example.com",
            "undefined",
            "127.0.0.1:9001",
            "\"*\"",
            "http://127.0.0.1:9001;http://b.example",
            "**",
            "Null",
        ] {
            assert_eq!(check(&[value]), Err(CheckFailure::Invalid), "{value}");
        }
        for value in [
            "localhost:9001",
            "http://*.example.com",
            "HTTP://127.0.0.1:9001",
            "http://127.0.0.1:9001/",
            "null",
        ] {
            assert_eq!(check(&[value]), Err(CheckFailure::Mismatch), "{value}");
        }
    }

    #[test]
    fn two_lines_fail_even_when_each_is_right() {
        assert_eq!(check(&[ORIGIN, ORIGIN]), Err(CheckFailure::Multiple));
        assert_eq!(check(&["*", "*"]), Err(CheckFailure::Multiple));
        assert_eq!(check(&["yes please"]), Err(CheckFailure::Multiple));
    }

    #[test]
    fn null_equals_null() {
        let fields = Fields::from_iter([("access-control-allow-origin", "null")]);
        assert_eq!(cors_check(&fields, "null", false), Ok(()));
        assert_eq!(
            cors_check(&fields, "null", true),
            Err(CheckFailure::CredentialsNotTrue)
        );
    }

    #[test]
    fn only_the_exact_word_allows_credentials() {
        for (lines, passes) in [
            (&["true"][..], true),
            (&["True"], false),
            (&["1"], false),
            (&["true", "true"], false),
        ] {
            let mut fields = Fields::from_iter([("access-control-allow-origin", ORIGIN)]);
            for value in lines {
                fields.push("access-control-allow-credentials", value);
            }
            assert_eq!(
                cors_check(&fields, ORIGIN, true).is_ok(),
                passes,
                "{lines:?}"
            );
        }
    }
}
