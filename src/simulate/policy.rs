//! The proposed policy, as a TOML file: parsed and checked, so that a slip of the pen is told before anything is replayed.
//!
//! What stands here says what a correct server *would* allow; which fields it then sends is for [`super::answer`].

use super::pattern::{LabelPattern, PathPattern};
use crate::fetch::origin;
use crate::http::field::is_token;
use serde::Deserialize;
use std::fmt;

/// What servers shall allow.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Policy {
    /// The hosts that it is for; `None` for all. Others answer as they were recorded.
    hosts: Option<Vec<LabelPattern>>,
    base: Rules,
    /// The first that fits decides.
    routes: Vec<Route>,
}

/// What one set of paths shall allow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rules {
    /// Serialised origins, `*` for all, or `null`.
    pub origins: Vec<String>,
    /// Origins with `*` for a part of one label.
    pub origin_patterns: Vec<LabelPattern>,
    /// `Access-Control-Allow-Methods`.
    pub methods: Vec<String>,
    /// `Access-Control-Allow-Headers`.
    pub headers: Vec<String>,
    /// `Access-Control-Expose-Headers`.
    pub expose_headers: Vec<String>,
    /// Whether to send `Access-Control-Allow-Credentials: true`.
    pub credentials: bool,
    /// `Access-Control-Max-Age`, in seconds.
    pub max_age: u32,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Route {
    host: Option<LabelPattern>,
    path: Option<PathPattern>,
    rules: Rules,
}

/// Why a policy file cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PolicyError {
    /// It is no TOML, or holds something that no policy has.
    #[error("{0}")]
    Syntax(String),
    /// A value that no browser could ever match.
    #[error("line {line}, column {column}: {key}: {value:?} {reason}")]
    Value {
        /// Its line, from 1.
        line: usize,
        /// Its column in characters, from 1.
        column: usize,
        /// The key.
        key: &'static str,
        /// What stands there.
        value: String,
        /// What is wrong about it.
        reason: &'static str,
    },
}

impl Policy {
    /// Reads a policy file. Keys that a `[[route]]` leaves out are taken from the top of the file.
    ///
    /// # Errors
    /// When it is no TOML, has unknown keys, or values that could never match what browsers send.
    pub fn parse(text: &str) -> Result<Self, PolicyError> {
        let file: File =
            toml::from_str(text).map_err(|error| PolicyError::Syntax(error.to_string()))?;
        Self::of_file(file).map_err(|slip| slip.told(text))
    }

    fn of_file(file: File) -> Result<Self, Slip> {
        let base = RouteKeys {
            host: None,
            path: None,
            origins: file.origins,
            origin_patterns: file.origin_patterns,
            methods: file.methods,
            headers: file.headers,
            expose_headers: file.expose_headers,
            credentials: file.credentials,
            max_age: file.max_age,
        }
        .rules(&Rules::default())?;
        let routes = file
            .route
            .into_iter()
            .map(|route| route.route(&base))
            .collect::<Result<_, _>>()?;
        Ok(Self {
            hosts: file.hosts.map(|list| hosts("hosts", list)).transpose()?,
            base,
            routes,
        })
    }

    /// One set of rules for everything.
    pub fn of(rules: Rules) -> Self {
        Self {
            base: rules,
            ..Self::default()
        }
    }

    /// What holds for a URL; `None` when its host is not the policy's.
    pub fn rules(&self, url: &str) -> Option<&Rules> {
        let site = crate::rules::route::site(url);
        let is_ours = self
            .hosts
            .as_ref()
            .is_none_or(|hosts| hosts.iter().any(|host| host.matches_host_of(&site)));
        is_ours.then(|| {
            self.routes
                .iter()
                .find(|route| route.is_for(&site, crate::rules::route::path(url)))
                .map_or(&self.base, |route| &route.rules)
        })
    }

    /// What will surprise whoever deploys it, a sentence each.
    pub fn warnings(&self) -> Vec<&'static str> {
        let all =
            || std::iter::once(&self.base).chain(self.routes.iter().map(|route| &route.rules));
        let has = |list: &dyn Fn(&Rules) -> &[String], value: &str| {
            all().any(|rules| list(rules).iter().any(|own| own == value))
        };
        let mut warnings = Vec::new();
        if all().any(|rules| rules.credentials && rules.allows_any_origin()) {
            warnings.push(
                "origins = [\"*\"] with credentials = true: browsers refuse * when a request includes credentials",
            );
        }
        if all().any(|rules| rules.credentials && rules.has_wildcard_list()) {
            warnings.push(
                "\"*\" in methods, headers or expose_headers means nothing when a request includes credentials",
            );
        }
        if has(&|rules| &rules.origins, origin::NULL) {
            warnings.push("origins holds \"null\": any site can send it, from a sandboxed frame");
        }
        warnings
    }
}

/// `2 origins, 1 pattern, GET PUT, content-type, credentials`.
impl fmt::Display for Policy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rules = &self.base;
        let mut parts = Vec::new();
        let count = |number: usize, what: &str| match number {
            1 => format!("1 {what}"),
            _ => format!("{number} {what}s"),
        };
        match rules.allows_any_origin() {
            true => parts.push("any origin".to_owned()),
            false => parts.push(count(rules.origins.len(), "origin")),
        }
        if !rules.origin_patterns.is_empty() {
            parts.push(count(rules.origin_patterns.len(), "pattern"));
        }
        if !self.routes.is_empty() {
            parts.push(count(self.routes.len(), "route"));
        }
        if let Some(hosts) = &self.hosts {
            parts.push(format!("for {}", count(hosts.len(), "host")));
        }
        parts.push(match rules.credentials {
            true => "with credentials".to_owned(),
            false => "without credentials".to_owned(),
        });
        f.write_str(&parts.join(", "))
    }
}

impl Default for Rules {
    /// Nobody.
    fn default() -> Self {
        Self {
            origins: Vec::new(),
            origin_patterns: Vec::new(),
            methods: Vec::new(),
            headers: Vec::new(),
            expose_headers: Vec::new(),
            credentials: false,
            max_age: DEFAULT_MAX_AGE,
        }
    }
}

impl Rules {
    /// Whether every origin is allowed.
    pub fn allows_any_origin(&self) -> bool {
        self.origins.iter().any(|own| own == "*")
    }

    /// Whether `origin` is on the list or matches a pattern; `*` is not asked.
    pub fn lists(&self, origin: &str) -> bool {
        self.origins.iter().any(|own| own == origin)
            || self
                .origin_patterns
                .iter()
                .any(|pattern| pattern.matches(origin))
    }

    fn has_wildcard_list(&self) -> bool {
        [&self.methods, &self.headers, &self.expose_headers]
            .into_iter()
            .any(|list| list.iter().any(|own| own == "*"))
    }
}

/// How long browsers may keep a preflight's answer where the file does not say, in seconds.
pub(super) const DEFAULT_MAX_AGE: u32 = 600;

/// A string that remembers where in the file it stands.
type Text = toml::Spanned<String>;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    hosts: Option<Vec<Text>>,
    origins: Option<Vec<Text>>,
    origin_patterns: Option<Vec<Text>>,
    methods: Option<Vec<Text>>,
    headers: Option<Vec<Text>>,
    expose_headers: Option<Vec<Text>>,
    credentials: Option<bool>,
    max_age: Option<u32>,
    #[serde(default)]
    route: Vec<RouteKeys>,
}

// serde cannot both flatten and refuse unknown keys, and a misspelt key must not be passed over.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RouteKeys {
    host: Option<Text>,
    path: Option<Text>,
    origins: Option<Vec<Text>>,
    origin_patterns: Option<Vec<Text>>,
    methods: Option<Vec<Text>>,
    headers: Option<Vec<Text>>,
    expose_headers: Option<Vec<Text>>,
    credentials: Option<bool>,
    max_age: Option<u32>,
}

impl RouteKeys {
    fn route(mut self, base: &Rules) -> Result<Route, Slip> {
        let path = match self.path.take() {
            Some(path) if !path.as_ref().starts_with(['/', '*']) => {
                return Err(wrong("path", &path, "does not begin with a slash"));
            }
            path => path.map(|path| PathPattern::new(path.into_inner())),
        };
        let host = hosts("host", self.host.take().into_iter().collect())?.pop();
        Ok(Route {
            host,
            path,
            rules: self.rules(base)?,
        })
    }

    /// What they say, and what `base` says of the others.
    fn rules(self, base: &Rules) -> Result<Rules, Slip> {
        let patterns = match self.origin_patterns {
            None => base.origin_patterns.clone(),
            Some(patterns) => patterns
                .into_iter()
                .map(pattern)
                .collect::<Result<_, _>>()?,
        };
        for own in self.origins.iter().flatten() {
            check_origin(own.as_ref()).map_err(|reason| wrong("origins", own, reason))?;
        }
        Ok(Rules {
            origins: self.origins.map_or_else(|| base.origins.clone(), plain),
            origin_patterns: patterns,
            methods: tokens("methods", self.methods, &base.methods)?,
            headers: tokens("headers", self.headers, &base.headers)?,
            expose_headers: tokens("expose_headers", self.expose_headers, &base.expose_headers)?,
            credentials: self.credentials.unwrap_or(base.credentials),
            max_age: self.max_age.unwrap_or(base.max_age),
        })
    }
}

impl Route {
    fn is_for(&self, site: &str, path: &str) -> bool {
        self.host
            .as_ref()
            .is_none_or(|host| host.matches_host_of(site))
            && self.path.as_ref().is_none_or(|own| own.matches(path))
    }
}

/// A value that no browser could ever match, and where it stands.
struct Slip {
    key: &'static str,
    value: Text,
    reason: &'static str,
}

impl Slip {
    /// With its place in the file's `text`.
    fn told(self, text: &str) -> PolicyError {
        let before = text.get(..self.value.span().start).unwrap_or_default();
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        PolicyError::Value {
            line: before.matches('\n').count() + 1,
            column: before.get(line_start..).unwrap_or_default().chars().count() + 1,
            key: self.key,
            value: self.value.into_inner(),
            reason: self.reason,
        }
    }
}

fn wrong(key: &'static str, value: &Text, reason: &'static str) -> Slip {
    Slip {
        key,
        value: value.clone(),
        reason,
    }
}

fn plain(list: Vec<Text>) -> Vec<String> {
    list.into_iter().map(Text::into_inner).collect()
}

/// Refuses what no browser sends, with the slip that people make.
fn check_origin(text: &str) -> Result<(), &'static str> {
    if text == "*" || text == origin::NULL {
        return Ok(());
    }
    if text.contains('*') {
        return Err("is a pattern: put it into origin_patterns");
    }
    let Some((_, rest)) = text.split_once("://") else {
        return Err("has no scheme, as in https://app.example.com");
    };
    if rest.contains(['/', '?', '#']) {
        return Err("has a path or a slash at its end, which no origin has");
    }
    match origin::of_url(text) {
        Some(own) if own == text => Ok(()),
        Some(_) => Err("is not how browsers write it: lower case, no default port, no user name"),
        None => Err("is not an origin"),
    }
}

fn pattern(text: Text) -> Result<LabelPattern, Slip> {
    check_pattern(text.as_ref()).map_err(|reason| wrong("origin_patterns", &text, reason))?;
    Ok(LabelPattern::new(text.into_inner()))
}

fn check_pattern(text: &str) -> Result<(), &'static str> {
    // With the stars filled in it must be an origin.
    let sample = match text.rsplit_once(':') {
        Some((before, "*")) => format!("{}:8443", before.replace('*', "x")),
        _ => text.replace('*', "x"),
    };
    let Some((scheme, _)) = text.split_once("://") else {
        return Err("has no scheme, as in https://*.example.com");
    };
    if scheme.contains('*') {
        return Err("leaves the scheme open: write one pattern for each");
    }
    check_origin(&sample).map_err(|_| "is not an origin with * for a label")
}

fn tokens(
    key: &'static str,
    list: Option<Vec<Text>>,
    base: &[String],
) -> Result<Vec<String>, Slip> {
    let Some(list) = list else {
        return Ok(base.to_vec());
    };
    match list.iter().find(|own| !is_token(own.as_ref())) {
        Some(own) => Err(wrong(key, own, "is not a single name")),
        None => Ok(plain(list)),
    }
}

fn hosts(key: &'static str, list: Vec<Text>) -> Result<Vec<LabelPattern>, Slip> {
    let bare = |host: &str| match host.split_once("://") {
        Some(("http" | "https", rest)) => rest.to_owned(),
        _ => host.to_owned(),
    };
    let is_host = |host: &str| !host.is_empty() && !host.contains('/');
    match list.iter().find(|host| !is_host(&bare(host.as_ref()))) {
        Some(host) => Err(wrong(
            key,
            host,
            "is not a host: write api.example.com, api.example.com:8443 or https://api.example.com",
        )),
        None => Ok(plain(list).into_iter().map(LabelPattern::new).collect()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_route_takes_over_what_it_does_not_say() {
        let policy = Policy::parse(
            r#"
            hosts = ["api.test"]
            origins = ["https://app.test"]
            methods = ["PUT"]
            credentials = true
            [[route]]
            path = "/public/*"
            origins = ["*"]
            credentials = false
            "#,
        )
        .unwrap();
        let public = policy.rules("https://api.test/public/x?y").unwrap();
        assert!(public.allows_any_origin() && !public.credentials);
        assert_eq!(
            (&public.methods[..], public.max_age),
            (&["PUT".to_owned()][..], 600)
        );
        let private = policy.rules("https://api.test:8443/users").unwrap();
        assert!(private.lists("https://app.test") && private.credentials);
        assert_eq!(policy.rules("https://cdn.test/public/x"), None);
    }

    #[test]
    fn slips_of_the_pen_are_told_with_their_key() {
        let rows = [
            (r#"origins = ["https://a.test/"]"#, "slash"),
            (r#"origins = ["a.test"]"#, "scheme"),
            (r#"origins = ["https://a.test:443"]"#, "default port"),
            (r#"origins = ["https://*.a.test"]"#, "origin_patterns"),
            (r#"origin_patterns = ["*://a.test"]"#, "scheme"),
            (r#"origin_patterns = ["https://*.a.test/x"]"#, "label"),
            (r#"methods = ["GET, PUT"]"#, "methods"),
            (r#"hosts = ["https://api.test/"]"#, "host"),
            (r#"hosts = ["ftp://api.test"]"#, "host"),
            (r#"route = [{ path = "api" }]"#, "slash"),
            (r#"method = ["GET"]"#, "unknown field"),
            (r#"origins = "x""#, "sequence"),
            ("max_age = -1", "max_age"),
        ];
        for (text, part) in rows {
            let error = Policy::parse(text).unwrap_err().to_string();
            assert!(error.contains(part), "{text}: {error}");
            assert!(error.contains("line 1, column "), "{text}: {error}");
        }
    }

    #[test]
    fn a_slip_of_the_pen_is_told_with_its_place() {
        let text = "origins = [\n  \"https://ä.test\", # ö\n]\n[[route]]\npath = \"/x\"\nmethods = [\"PUT\", \"a b\"]\n";
        let text = text.replace('ä', "a");
        let error = Policy::parse(&text).unwrap_err();
        assert_eq!(
            error.to_string(),
            "line 6, column 19: methods: \"a b\" is not a single name"
        );
    }

    #[test]
    fn what_browsers_refuse_by_principle_is_warned_of() {
        let warnings = |text| Policy::parse(text).unwrap().warnings().len();
        assert_eq!(warnings("origins = [\"*\"]"), 0);
        assert_eq!(
            warnings("origins = [\"*\", \"null\"]\ncredentials = true\nheaders = [\"*\"]"),
            3
        );
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_a_policy_or_an_error(text in ".{0,80}") {
            let _ = Policy::parse(&text);
            let _ = Policy::parse(&format!("origins = [{text:?}]\norigin_patterns = [{text:?}]"));
        }
    }
}
