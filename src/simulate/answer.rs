//! What a correct server sends under a policy: the CORS fields of a preflight's answer and of an actual one.
//!
//! It compares the whole `Origin` of the request, names that one origin with `Vary: Origin`, and puts the fields on
//! errors and redirects too. Whether that is enough is for `cors::judge` to say.

use super::policy::Rules;
use crate::fetch::list;
use crate::http::{Fields, Response};
use crate::time::Timestamp;

/// The answer to a preflight from `origin`.
pub(super) fn preflight(rules: &Rules, origin: &str, started: Timestamp) -> Response {
    let mut fields = Fields::default();
    if allow(rules, origin, &mut fields) {
        push_list(&mut fields, "access-control-allow-methods", &rules.methods);
        push_list(&mut fields, "access-control-allow-headers", &rules.headers);
        fields.push("access-control-max-age", &rules.max_age.to_string());
    }
    vary(rules, &mut fields);
    response(204, fields, started)
}

/// `answer` with the policy's fields instead of its own.
pub(super) fn actual(rules: &Rules, origin: &str, answer: &Response) -> Response {
    let mut fields: Fields = answer
        .fields
        .iter()
        .filter(|(name, _)| !is_cors_field(name))
        .collect();
    if allow(rules, origin, &mut fields) {
        push_list(
            &mut fields,
            "access-control-expose-headers",
            &rules.expose_headers,
        );
    }
    vary(rules, &mut fields);
    Response {
        fields,
        ..answer.clone()
    }
}

/// An answer of which nothing but the policy is known.
pub(super) fn response(status: u16, fields: Fields, started: Timestamp) -> Response {
    Response {
        status,
        version: Default::default(),
        fields,
        body_size: 0,
        body_head: "".into(),
        started,
    }
}

/// Lets `origin` in, if the policy does.
fn allow(rules: &Rules, origin: &str, fields: &mut Fields) -> bool {
    let value = match rules.lists(origin) {
        // `*` is on the list as a text too.
        true if origin != "*" => origin,
        _ if rules.allows_any_origin() => "*",
        _ => return false,
    };
    fields.push("access-control-allow-origin", value);
    if rules.credentials {
        fields.push("access-control-allow-credentials", "true");
    }
    true
}

fn push_list(fields: &mut Fields, name: &str, list: &[String]) {
    if !list.is_empty() {
        fields.push(name, &list.join(", "));
    }
}

fn vary(rules: &Rules, fields: &mut Fields) {
    let depends_on_origin =
        !rules.allows_any_origin() || rules.origins.len() > 1 || !rules.origin_patterns.is_empty();
    let says_so = fields
        .all("vary")
        .flat_map(list::elements)
        .any(|name| name.eq_ignore_ascii_case("origin"));
    if depends_on_origin && !says_so {
        fields.push("vary", "Origin");
    }
}

fn is_cors_field(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    name.starts_with("access-control-allow-")
        || name == "access-control-expose-headers"
        || name == "access-control-max-age"
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fetch::cors_check;

    fn rules(origins: &[&str], credentials: bool) -> Rules {
        Rules {
            origins: origins.iter().map(|own| (*own).to_owned()).collect(),
            methods: vec!["PUT".into(), "DELETE".into()],
            expose_headers: vec!["x-total".into()],
            credentials,
            ..Rules::default()
        }
    }

    #[test]
    fn a_stranger_gets_no_field_but_vary() {
        let answer = preflight(
            &rules(&["https://a.test"], true),
            "https://b.test",
            Timestamp(0),
        );
        assert_eq!(
            answer.fields.iter().collect::<Vec<_>>(),
            [("vary", "Origin")]
        );
    }

    #[test]
    fn the_recorded_fields_give_way_and_the_others_stay() {
        let recorded = response(
            500,
            Fields::from_iter([
                ("Access-Control-Allow-Origin", "*"),
                ("access-control-allow-origin", "https://b.test"),
                ("Vary", "Accept, origin"),
                ("X-Total", "7"),
            ]),
            Timestamp(0),
        );
        let answer = actual(
            &rules(&["https://a.test"], true),
            "https://a.test",
            &recorded,
        );
        assert_eq!(answer.status, 500);
        assert_eq!(
            answer.fields.all("vary").collect::<Vec<_>>(),
            ["Accept, origin"]
        );
        assert_eq!(answer.fields.first("x-total"), Some("7"));
        assert_eq!(cors_check(&answer.fields, "https://a.test", true), Ok(()));
    }

    #[test]
    fn a_star_is_sent_as_it_stands_and_a_listed_origin_is_named() {
        let both = rules(&["*", "https://a.test"], false);
        let value = |origin| {
            let answer = preflight(&both, origin, Timestamp(0));
            answer
                .fields
                .first("access-control-allow-origin")
                .map(str::to_owned)
        };
        assert_eq!(value("https://b.test").as_deref(), Some("*"));
        assert_eq!(value("https://a.test").as_deref(), Some("https://a.test"));
        assert_eq!(value("null").as_deref(), Some("*"));
    }
}
