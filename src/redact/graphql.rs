//! GraphQL variables: their names say nothing, the arguments that they are given to do.

use super::names::{Place, is_secret};

/// Names of the variables that `query` hands to an argument or input field with a secret name:
/// `login(password: $p)` gives `p`.
pub(super) fn secret_variables(query: &str) -> Vec<String> {
    let mut rest = query;
    let mut found: Vec<String> = Vec::new();
    while let Some((before, after)) = rest.split_once('$') {
        rest = after;
        let before = before.trim_end();
        let Some(before) = before.strip_suffix(':') else {
            continue;
        };
        let before = before.trim_end();
        let start = before.trim_end_matches(is_name).len();
        let argument = before.get(start..).unwrap_or_default();
        let end = after.find(|c| !is_name(c)).unwrap_or(after.len());
        let variable = after.get(..end).unwrap_or_default();
        if is_secret(Place::Body, argument) && found.len() < VARIABLES {
            found.push(variable.to_owned());
        }
    }
    found
}

/// Variables of one query that are remembered.
const VARIABLES: usize = 64;

fn is_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_variable_is_as_secret_as_the_argument_that_it_fills() {
        let query = "mutation L($p: String!, $n: Int) { login(password : $p, page: $n) { ok } }";
        assert_eq!(secret_variables(query), ["p"]);
        assert!(secret_variables("{ a(b: $ , $").is_empty());
    }
}
