//! Comma-separated lists of tokens: `Access-Control-Allow-Methods`, `-Allow-Headers`, `-Expose-Headers`, `-Request-Headers`.
//!
//! Fetch `#extract-header-list-values`, read as browsers do: empty elements are passed over, any element that is
//! not a token spoils the whole list.

use super::memo::Memo;
use crate::http::Fields;
use crate::http::field::{is_token, is_token_byte, trim};
use std::borrow::Cow;
use std::cell::RefCell;
use std::sync::Arc;

/// The elements of a list field.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TokenList {
    /// Whether the field is there at all.
    pub is_present: bool,
    /// The elements in order; those before the fault when the list is faulty.
    pub tokens: Vec<String>,
    /// The first element that is not a token.
    pub fault: Option<String>,
}

impl TokenList {
    /// Reads all field lines called `name` as one list.
    pub fn of(fields: &Fields, name: &str) -> Self {
        let mut list = Self::default();
        for value in fields.all(name) {
            list.is_present = true;
            list.extend(value);
        }
        list
    }

    /// Reads one value.
    pub fn parse(value: &str) -> Self {
        let mut list = Self {
            is_present: true,
            ..Self::default()
        };
        list.extend(value);
        list
    }

    fn extend(&mut self, value: &str) {
        for element in elements(value) {
            match is_token(element) {
                true => self.tokens.push(element.to_owned()),
                false => {
                    self.fault.get_or_insert_with(|| element.to_owned());
                }
            }
        }
    }

    /// Whether `token` is listed, in this very spelling.
    pub fn has(&self, token: &str) -> bool {
        self.tokens.iter().any(|own| own == token)
    }

    /// Whether `token` is listed, in any spelling.
    pub fn has_ignoring_case(&self, token: &str) -> bool {
        self.tokens
            .iter()
            .any(|own| own.eq_ignore_ascii_case(token))
    }

    /// Whether `*` is listed.
    pub fn has_wildcard(&self) -> bool {
        self.has("*")
    }
}

/// A list field as it stands: for questions that are asked of every answer, nothing is copied.
#[derive(Debug, Clone)]
pub struct ListValue<'a>(Cow<'a, str>);

impl<'a> ListValue<'a> {
    /// All field lines called `name` as one list; an absent field is an empty list.
    pub fn of(fields: &'a Fields, name: &str) -> Self {
        Self(fields.combined(name).unwrap_or_default())
    }

    /// One value.
    pub fn new(value: &'a str) -> Self {
        Self(Cow::Borrowed(value))
    }

    /// The combined value.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The first element that is not a token.
    pub fn fault(&self) -> Option<&str> {
        // Nearly every list is well-formed, and one pass shows it.
        match has_only_tokens(&self.0) {
            true => None,
            false => elements(&self.0).find(|element| !is_token(element)),
        }
    }

    /// Whether `token` is listed, in this very spelling.
    pub fn has(&self, token: &str) -> bool {
        is_token(token) && elements(&self.0).any(|own| own == token)
    }

    /// Whether `token` is listed, in any spelling.
    pub fn has_ignoring_case(&self, token: &str) -> bool {
        is_token(token) && elements(&self.0).any(|own| own.eq_ignore_ascii_case(token))
    }

    /// Whether `*` is listed.
    pub fn has_wildcard(&self) -> bool {
        self.0.contains('*') && self.has("*")
    }

    /// Those of `names` that are tokens and not in the list, in any case. One pass over the list.
    pub fn missing<'n>(&self, names: &'n [Box<str>]) -> Vec<&'n str> {
        let mut missing: Vec<&str> = names.iter().map(|name| &**name).collect();
        missing.retain(|name| is_token(name));
        for element in elements(&self.0) {
            if missing.is_empty() {
                break;
            }
            missing.retain(|name| !name.eq_ignore_ascii_case(element));
        }
        missing
    }
}

/// The non-empty elements of a comma-separated value, trimmed.
pub fn elements(value: &str) -> impl Iterator<Item = &str> {
    let mut rest = Some(value);
    // By bytes: most lists are short, and every preflight asks several times.
    let parts = std::iter::from_fn(move || {
        let own = rest.take()?;
        let Some(comma) = own.bytes().position(|byte| byte == b',') else {
            return Some(own);
        };
        rest = own.get(comma + 1..);
        own.get(..comma)
    });
    parts.map(trim).filter(|element| !element.is_empty())
}

/// Whether every non-empty element is a token.
fn has_only_tokens(value: &str) -> bool {
    let mut in_element = false;
    let mut is_over = false;
    value.bytes().all(|byte| match byte {
        b',' => {
            (in_element, is_over) = (false, false);
            true
        }
        b' ' | b'\t' => {
            is_over = in_element;
            true
        }
        _ => {
            in_element = true;
            !is_over && is_token_byte(byte)
        }
    })
}

/// Names of headers in lower case, sorted, each once; shared, since few lists are ever asked for.
pub type HeaderNames = Arc<[Box<str>]>;

/// The names of an `Access-Control-Request-Headers` list, in lower case, sorted, each once.
pub fn request_headers(fields: &Fields) -> HeaderNames {
    thread_local! {
        static KNOWN: RefCell<Memo<HeaderNames>> = RefCell::default();
    }
    let value = fields.combined("access-control-request-headers");
    let value = value.unwrap_or_default();
    KNOWN.with_borrow_mut(|known| known.ask(value.as_bytes(), || names(&value)))
}

fn names(value: &str) -> HeaderNames {
    let mut names: Vec<Box<str>> = elements(value)
        .map(|name| name.to_ascii_lowercase().into())
        .collect();
    names.sort_unstable();
    names.dedup();
    names.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn empty_elements_are_passed_over() {
        let list = TokenList::parse(",PUT,,GET,");
        assert_eq!(list.tokens, ["PUT", "GET"]);
        assert_eq!(list.fault, None);
    }

    #[test]
    fn anything_but_a_token_spoils_the_list() {
        for value in [
            "PUT; GET",
            "PUT GET",
            "[PUT]",
            "\"x-a\"",
            "content-type: application/json",
        ] {
            assert_eq!(TokenList::parse(value).fault.as_deref(), Some(value));
        }
    }

    #[test]
    fn repeated_lines_are_one_list() {
        let fields = Fields::from_iter([
            ("access-control-allow-methods", "GET"),
            ("Access-Control-Allow-Methods", "PUT"),
        ]);
        assert!(TokenList::of(&fields, "access-control-allow-methods").has("PUT"));
        assert!(!TokenList::of(&fields, "x").is_present);
    }

    #[test]
    fn a_list_that_is_not_copied_says_the_same() {
        for value in ["", "GET", "get ,PUT", "*", "a b, PUT", ",x-a,,*", "\"*\""] {
            let fields = Fields::from_iter([("a", value), ("a", "Last")]);
            let (copied, own) = (TokenList::of(&fields, "a"), ListValue::of(&fields, "a"));
            assert_eq!(own.fault(), copied.fault.as_deref(), "{value}");
            assert_eq!(own.has_wildcard(), copied.has_wildcard(), "{value}");
            for token in ["GET", "PUT", "Last", "a b", "", "x-a"] {
                assert_eq!(own.has(token), copied.has(token), "{value} {token}");
                let any_case = copied.has_ignoring_case(token);
                assert_eq!(own.has_ignoring_case(token), any_case, "{value} {token}");
            }
        }
        assert_eq!(ListValue::of(&Fields::default(), "a").fault(), None);
    }

    #[test]
    fn what_a_list_lacks_is_named_in_order() {
        let names = ["a", "b", "no token", "c"].map(Box::from);
        assert_eq!(ListValue::new("B, x").missing(&names), ["a", "c"]);
        assert_eq!(ListValue::new("").missing(&names), ["a", "b", "c"]);
    }

    #[test]
    fn announced_names_are_sorted_and_lower_case() {
        let fields = Fields::from_iter([(
            "Access-Control-Request-Headers",
            "X-B, authorization,x-a,X-A",
        )]);
        let names = request_headers(&fields);
        assert_eq!(names.concat(), "authorizationx-ax-b");
    }
}
