//! Fills a platform's text with a policy's values. The text stays readable as the configuration that it will be.
//!
//! - `«methods»` is a list with commas; `«methods'»` and `«methods"»` quote each value; `«methods,»` has no
//!   spaces, `«methods_»` no commas.
//! - `«origins|»` and `«path|»` are parts of a regular expression.
//! - A line that begins with `«if credentials»` or `«if !credentials»` stands only then; one that begins with
//!   `«each origin»` once per origin. Such a mark alone on its line governs all lines up to `«end»`.
//!
//! It stops at text: values are harmless in every language because [`Vetted`] made them so.

use super::vetted::Vetted;

/// `template` with the values of `policy`.
pub(super) fn fill(template: &str, policy: &Vetted) -> String {
    let lines: Vec<&str> = template.lines().collect();
    let mut filled = String::with_capacity(template.len() * 2);
    expand(&lines, &Scope { policy, item: None }, &mut filled);
    filled
}

#[derive(Clone, Copy)]
struct Scope<'a> {
    policy: &'a Vetted,
    /// Name and value of the loop's variable.
    item: Option<(&'a str, &'a str)>,
}

fn expand(lines: &[&str], scope: &Scope<'_>, out: &mut String) {
    let mut rest = lines;
    while let Some((line, after)) = rest.split_first() {
        let Some((mark, text)) = leading_mark(line) else {
            push_line(line, scope, out);
            rest = after;
            continue;
        };
        if text.is_empty() {
            let length = block_length(after);
            run(mark, after.get(..length).unwrap_or(after), scope, out);
            rest = after.get(length + 1..).unwrap_or(&[]);
        } else {
            run(mark, &[text], scope, out);
            rest = after;
        }
    }
}

/// Splits `«if …»` or `«each …»` off the beginning of `line`.
fn leading_mark(line: &str) -> Option<(&str, &str)> {
    let (mark, text) = line.strip_prefix('«')?.split_once('»')?;
    (mark.starts_with("if ") || mark.starts_with("each ")).then_some((mark, text))
}

/// Number of lines before the `«end»` that belongs to a block just opened.
fn block_length(lines: &[&str]) -> usize {
    let mut depth = 1usize;
    for (index, line) in lines.iter().enumerate() {
        if *line == "«end»" {
            depth -= 1;
        } else if leading_mark(line).is_some_and(|(_, text)| text.is_empty()) {
            depth += 1;
        }
        if depth == 0 {
            return index;
        }
    }
    lines.len()
}

fn run(mark: &str, lines: &[&str], scope: &Scope<'_>, out: &mut String) {
    if let Some(condition) = mark.strip_prefix("if ") {
        if holds(condition, scope.policy) {
            expand(lines, scope, out);
        }
    } else if let Some(name) = mark.strip_prefix("each ") {
        for value in items(name, scope.policy) {
            let item = Some((name, value.as_str()));
            expand(lines, &Scope { item, ..*scope }, out);
        }
    }
}

fn items<'a>(name: &str, policy: &'a Vetted) -> &'a [String] {
    match name {
        "origin" => &policy.origins,
        "method" => &policy.methods,
        "header" => &policy.headers,
        "exposed" => &policy.expose,
        _ => &[],
    }
}

fn holds(condition: &str, policy: &Vetted) -> bool {
    if let Some(condition) = condition.strip_prefix('!') {
        return !holds(condition, policy);
    }
    match condition {
        // Origins of web views and extensions, whose schemes some layers do not expect.
        "apps" => policy
            .origins
            .iter()
            .any(|origin| !origin.starts_with("http")),
        "any" => policy.allows_any_origin(),
        "credentials" => policy.credentials,
        "expose" => !policy.expose.is_empty(),
        "ipv6" => policy.origins.iter().any(|origin| origin.contains('[')),
        "list" => !policy.allows_any_origin(),
        "prefix" => policy.path != "/",
        "several" => policy.origins.len() > 1,
        "upstream" => policy.upstream.is_some(),
        _ => false,
    }
}

fn push_line(line: &str, scope: &Scope<'_>, out: &mut String) {
    let mut rest = line;
    while let Some((before, after)) = rest.split_once('«') {
        out.push_str(before);
        let Some((name, after)) = after.split_once('»') else {
            rest = after;
            break;
        };
        match value(name, scope) {
            Some(value) => out.push_str(&value),
            // A test holds that this never happens.
            None => out.extend(["«", name, "»"]),
        }
        rest = after;
    }
    out.push_str(rest);
    out.push('\n');
}

fn value(name: &str, scope: &Scope<'_>) -> Option<String> {
    let policy = scope.policy;
    let plain = name.trim_end_matches(['\'', '"', ',', '|', '_']);
    let style = name.get(plain.len()..).unwrap_or_default();
    if let Some((own, value)) = scope.item
        && own == plain
    {
        return Some(styled(&[value.to_owned()], style));
    }
    let one = |value: &str| vec![value.to_owned()];
    let values = match plain {
        "origins" if policy.allows_any_origin() => one("*"),
        "origins" => policy.origins.clone(),
        "first" => one(policy.origins.first().map_or("*", String::as_str)),
        "methods" => policy.methods.clone(),
        "verbs" => policy
            .methods
            .iter()
            .map(|method| method.to_ascii_lowercase())
            .collect(),
        "headers" => policy.headers.clone(),
        "exposed" => policy.expose.clone(),
        "max_age" => one(&policy.max_age.to_string()),
        "credentials" => one(if policy.credentials { "true" } else { "false" }),
        "path" => one(&policy.path),
        "relative_path" => one(policy.path.trim_start_matches('/')),
        "slashed" => one(&format!("{}/", policy.path.trim_end_matches('/'))),
        // `**` must be a segment of its own in some languages.
        "subtree" => vec![format!("{}/**", policy.path.trim_end_matches('/'))],
        // A development proxy takes one folder of the page's own origin; it cannot take all of it.
        "folder" if policy.path == "/" => one("/api"),
        "folder" => one(policy.path.trim_end_matches('/')),
        "upstream" => one(policy.upstream.as_deref()?),
        "api" => one(&policy.api),
        _ => return None,
    };
    Some(styled(&values, style))
}

fn styled(values: &[String], style: &str) -> String {
    let quoted = |mark: char| {
        values
            .iter()
            .map(|value| format!("{mark}{value}{mark}"))
            .collect::<Vec<_>>()
    };
    match style {
        "'" => quoted('\'').join(", "),
        "\"" => quoted('"').join(", "),
        "," => values.join(","),
        "_" => values.join(" "),
        "|" => values
            .iter()
            .map(|value| regex_literal(value))
            .collect::<Vec<_>>()
            .join("|"),
        _ => values.join(", "),
    }
}

/// `text` as a regular expression that matches only itself. A vetted value has no other marks.
fn regex_literal(text: &str) -> String {
    text.replace('.', "\\.")
        .replace('[', "\\[")
        .replace(']', "\\]")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixes::Policy;

    fn policy() -> Vetted {
        Vetted::new(&Policy {
            origins: vec!["https://a.example".into(), "http://[::1]:3000".into()],
            headers: vec!["X-A".into()],
            ..Policy::default()
        })
    }

    #[test]
    fn values_are_quoted_as_the_mark_says() {
        let filled = fill(
            "«origins'» «origins\"» «origins,» «origins|» «headers»",
            &policy(),
        );
        assert_eq!(
            filled,
            "'http://[::1]:3000', 'https://a.example' \"http://[::1]:3000\", \"https://a.example\" \
             http://[::1]:3000,https://a.example http://\\[::1\\]:3000|https://a\\.example x-a\n"
        );
    }

    #[test]
    fn lines_and_blocks_repeat_and_vanish() {
        let filled = fill(
            "«if credentials»cookies\n«if !credentials»no cookies\n«each origin»o «origin»\n«each header»\n«if list»\nh «header»\n«end»\n«end»\nend",
            &policy(),
        );
        assert_eq!(
            filled,
            "no cookies\no http://[::1]:3000\no https://a.example\nh x-a\nend\n"
        );
    }
}
