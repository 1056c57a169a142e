//! Comma-separated lists of tokens: `Access-Control-Allow-Methods`, `-Allow-Headers`, `-Expose-Headers`, `-Request-Headers`.
//!
//! Fetch `#extract-header-list-values`, read as browsers do: empty elements are passed over, any element that is
//! not a token spoils the whole list.

use crate::http::Fields;
use crate::http::field::{is_token, trim};

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

/// The non-empty elements of a comma-separated value, trimmed.
pub fn elements(value: &str) -> impl Iterator<Item = &str> {
    value
        .split(',')
        .map(trim)
        .filter(|element| !element.is_empty())
}

/// The names of an `Access-Control-Request-Headers` list, in lower case, sorted, each once.
pub fn request_headers(fields: &Fields) -> Vec<String> {
    let mut names: Vec<String> = fields
        .all("access-control-request-headers")
        .flat_map(elements)
        .map(str::to_ascii_lowercase)
        .collect();
    names.sort_unstable();
    names.dedup();
    names
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
    fn announced_names_are_sorted_and_lower_case() {
        let fields = Fields::from_iter([(
            "Access-Control-Request-Headers",
            "X-B, authorization,x-a,X-A",
        )]);
        assert_eq!(request_headers(&fields), ["authorization", "x-a", "x-b"]);
    }
}
