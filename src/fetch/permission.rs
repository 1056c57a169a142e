//! What the two lists of a preflight's answer permit (Fetch `#cors-preflight-fetch-0`, steps 7.5 to 7.11).
//!
//! A server gives the same lists all day long, and its clients ask for the same things.

use super::list::ListValue;
use super::memo::Memo;
use super::preflight::Ask;
use crate::http::Fields;
use std::cell::RefCell;
use std::sync::Arc;

/// What the lists of one answer say to one question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Permission {
    /// The first element of `Access-Control-Allow-Methods` that is no token.
    pub(super) methods_fault: Option<String>,
    /// The first element of `Access-Control-Allow-Headers` that is no token.
    pub(super) headers_fault: Option<String>,
    /// Whether the method may be used.
    pub(super) allows_method: bool,
    /// The headers that may not be sent.
    pub(super) missing: Vec<String>,
}

thread_local! {
    static KNOWN: RefCell<(Memo<Arc<Permission>>, Vec<u8>)> = RefCell::default();
}

impl Permission {
    /// Reads the lists among `fields`.
    pub(super) fn of(fields: &Fields, ask: &Ask<'_>) -> Arc<Self> {
        let methods = ListValue::of(fields, "access-control-allow-methods");
        let headers = ListValue::of(fields, "access-control-allow-headers");
        KNOWN.with_borrow_mut(|(known, question)| {
            write(question, &methods, &headers, ask);
            known.ask(question, || Arc::new(Self::read(&methods, &headers, ask)))
        })
    }

    fn read(methods: &ListValue<'_>, headers: &ListValue<'_>, ask: &Ask<'_>) -> Self {
        Self {
            methods_fault: methods.fault().map(str::to_owned),
            headers_fault: headers.fault().map(str::to_owned),
            allows_method: allows_method(methods, ask),
            missing: missing_headers(headers, ask),
        }
    }
}

/// Everything that the answer depends on.
fn write(question: &mut Vec<u8>, methods: &ListValue<'_>, headers: &ListValue<'_>, ask: &Ask<'_>) {
    question.clear();
    question.push(u8::from(ask.with_credentials));
    let texts = [methods.as_str(), headers.as_str(), ask.method];
    for text in texts
        .into_iter()
        .chain(ask.headers.iter().map(|name| &**name))
    {
        question.extend_from_slice(&text.len().to_le_bytes());
        question.extend_from_slice(text.as_bytes());
    }
}

fn allows_method(allowed: &ListValue<'_>, ask: &Ask<'_>) -> bool {
    ["GET", "HEAD", "POST"]
        .iter()
        .any(|safe| safe.eq_ignore_ascii_case(ask.method))
        || allowed.has(ask.method)
        || (allowed.has_wildcard() && !ask.with_credentials)
}

fn missing_headers(allowed: &ListValue<'_>, ask: &Ask<'_>) -> Vec<String> {
    if allowed.has_wildcard() && !ask.with_credentials {
        return Vec::new();
    }
    let missing = allowed.missing(ask.headers);
    missing.into_iter().map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn value() -> impl Strategy<Value = String> {
        proptest::collection::vec(
            prop_oneof![
                Just("x-a"),
                Just("*"),
                Just(","),
                Just("PUT"),
                Just("\0"),
                Just(" ")
            ],
            0..5,
        )
        .prop_map(|parts| parts.concat())
    }

    proptest! {
        #[test]
        fn what_is_remembered_is_what_would_be_read(
            rows in proptest::collection::vec((value(), value(), value(), value(), any::<bool>()), 1..20)
        ) {
            for (methods, headers, method, name, with_credentials) in &rows {
                let fields = Fields::from_iter([
                    ("access-control-allow-methods", methods.as_str()),
                    ("access-control-allow-headers", headers.as_str()),
                ]);
                let names = [name.as_str().into()];
                let ask = Ask { origin: "", method, headers: &names, with_credentials: *with_credentials };
                let read = Permission::read(&ListValue::new(methods.trim_matches(' ')), &ListValue::new(headers.trim_matches(' ')), &ask);
                prop_assert_eq!(&*Permission::of(&fields, &ask), &read);
            }
        }
    }
}
