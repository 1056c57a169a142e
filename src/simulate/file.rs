//! A suggestion as a policy file: TOML that [`super::Policy::parse`] reads back, with the reasons as comments.
//!
//! Values come out of captures, which may be hostile: what is not plain text is masked in comments and left out of lists.

use super::suggest::{Beyond, Suggested, Suggestion};
use crate::http::field::is_token;
use std::fmt::{self, Write as _};

/// The whole file.
impl fmt::Display for Suggestion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let useful: Vec<&Suggested> = self.hosts.iter().filter(|own| own.is_useful()).collect();
        let mut text = String::new();
        head(&mut text, &useful)?;
        for host in &self.hosts {
            strangers(&mut text, host)?;
        }
        for (Beyond { rule, why }, count) in &self.beyond {
            let why = match why.is_empty() {
                true => String::new(),
                false => format!(" ({why})"),
            };
            writeln!(text, "# not mended by a policy: {count}× {rule}{why}")?;
        }
        if self.left_out > 0 {
            writeln!(
                text,
                "# {} requests to further hosts or of further origins found no room and were not looked at",
                self.left_out
            )?;
        }
        match useful.as_slice() {
            // For no host: what passes today is none of this file's business.
            [] => text.push_str("hosts = []\n"),
            [only] => {
                writeln!(text, "\nhosts = [{}]", quoted(&only.host))?;
                keys(&mut text, only)?;
            }
            several => {
                let hosts: Vec<String> = several.iter().map(|own| own.host.clone()).collect();
                text.push('\n');
                list(&mut text, "hosts", &hosts)?;
                for host in several {
                    writeln!(text, "\n[[route]]\nhost = {}", quoted(&host.host))?;
                    keys(&mut text, host)?;
                }
            }
        }
        f.write_str(&text)
    }
}

fn head(text: &mut String, useful: &[&Suggested]) -> fmt::Result {
    let mends: u64 = useful.iter().map(|own| own.mends).sum();
    match mends {
        0 if useful.is_empty() => {
            writeln!(text, "# Nothing failed that a CORS policy could mend.")
        }
        0 => writeln!(
            text,
            "# Nothing failed, but scripts cannot read headers that are made for them."
        ),
        1 => writeln!(
            text,
            "# The smallest policy that lets pass the 1 request that failed."
        ),
        _ => writeln!(
            text,
            "# The smallest policy that lets pass the {mends} requests that failed, and those that pass today."
        ),
    }
}

fn strangers(text: &mut String, host: &Suggested) -> fmt::Result {
    for stranger in &host.strangers {
        let requests = match stranger.count {
            1 => "1 request".to_owned(),
            count => format!("{count} requests"),
        };
        writeln!(
            text,
            "# left out: {} ({requests} to {}): {}",
            shown(&stranger.origin),
            shown(&host.host),
            stranger.why
        )?;
    }
    Ok(())
}

fn keys(text: &mut String, host: &Suggested) -> fmt::Result {
    for remark in &host.remarks {
        writeln!(text, "# {remark}")?;
    }
    list(text, "origins", &host.origins)?;
    for (key, names) in [
        ("methods", &host.methods),
        ("headers", &host.headers),
        ("expose_headers", &host.expose_headers),
    ] {
        let names: Vec<String> = names
            .iter()
            .filter(|name| is_token(name))
            .cloned()
            .collect();
        if !names.is_empty() {
            list(text, key, &names)?;
        }
    }
    writeln!(text, "credentials = {}", host.credentials)?;
    writeln!(text, "max_age = {}", host.max_age)
}

/// On one line where there is room, else one line each.
fn list(text: &mut String, key: &str, values: &[String]) -> fmt::Result {
    let values: Vec<String> = values.iter().map(|value| quoted(value)).collect();
    let line = values.join(", ");
    if line.len() <= 90 {
        return writeln!(text, "{key} = [{line}]");
    }
    writeln!(text, "{key} = [")?;
    for value in values {
        writeln!(text, "    {value},")?;
    }
    writeln!(text, "]")
}

/// A TOML basic string.
fn quoted(value: &str) -> String {
    let mut text = String::with_capacity(value.len() + 2);
    text.push('"');
    for c in value.chars() {
        match c {
            '"' | '\\' => {
                text.push('\\');
                text.push(c);
            }
            c if c.is_control() => {
                let _ = write!(text, "\\u{:04X}", u32::from(c));
            }
            c => text.push(c),
        }
    }
    text.push('"');
    text
}

/// For a comment: short, and with nothing that could end it.
fn shown(text: &str) -> String {
    let mask = |c: char| {
        if c.is_ascii_graphic() { c } else { '?' }
    };
    let mut shown: String = text.chars().take(100).map(mask).collect();
    if text.chars().nth(100).is_some() {
        shown.push('…');
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::super::foreign::Stranger;
    use super::super::policy::Policy;
    use super::*;

    fn host(site: &str, origins: &[&str]) -> Suggested {
        Suggested {
            host: site.split_once("://").unwrap().1.to_owned(),
            site: site.to_owned(),
            origins: origins.iter().map(|own| (*own).to_owned()).collect(),
            methods: vec!["PUT".into()],
            headers: vec!["content-type".into(), "bad name".into()],
            expose_headers: Vec::new(),
            credentials: true,
            max_age: 600,
            mends: 2,
            exposes_more: false,
            strangers: Vec::new(),
            remarks: Vec::new(),
        }
    }

    #[test]
    fn what_is_written_is_read_back() {
        let mut one = host("https://api.test:8443", &["https://a.test"]);
        one.strangers.push(Stranger {
            origin: "https://evil.test\norigins = [\"*\"]".into(),
            count: 1,
            why: "a scanner's test origin",
        });
        let many: Vec<String> = (0..9).map(|n| format!("https://app-{n}.test")).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        let two = host("https://cdn.test", &many);
        for hosts in [vec![one.clone()], vec![one, two]] {
            let text = Suggestion {
                hosts: hosts.clone(),
                ..Suggestion::default()
            }
            .to_string();
            let policy = Policy::parse(&text).unwrap();
            for host in hosts {
                let rules = policy.rules(&format!("{}/x", host.site)).unwrap();
                assert_eq!(rules.origins, host.origins, "{text}");
                assert_eq!(rules.headers, ["content-type"]);
                assert!(rules.credentials);
            }
            assert_eq!(policy.rules("https://other.test/"), None);
        }
    }

    #[test]
    fn nothing_to_mend_is_a_policy_for_no_host() {
        let policy = Policy::parse(&Suggestion::default().to_string()).unwrap();
        assert_eq!(policy.rules("https://api.test/"), None);
    }

    proptest::proptest! {
        #[test]
        fn any_value_is_a_string_of_toml(value in ".{0,40}") {
            let table: toml::Table = toml::from_str(&format!("x = {}", quoted(&value))).unwrap();
            proptest::prop_assert_eq!(table["x"].as_str(), Some(&*value));
            let shown = shown(&value);
            proptest::prop_assert!(!shown.contains('\n'));
        }
    }
}
