//! The CORS policy to configure, as findings or a user ask for it. Nothing is checked here; see [`super::vetted`].

use crate::finding::{Finding, FixParams, Severity};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// What a server should allow.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Policy {
    /// Origins that may read the answers, serialised: `https://app.example.com`. `*` for all of them.
    pub origins: Vec<String>,
    /// Methods that pages may use.
    pub methods: Vec<String>,
    /// Request fields that pages may set beyond the safelisted ones.
    pub headers: Vec<String>,
    /// Response fields that pages may read beyond the safelisted ones.
    pub expose: Vec<String>,
    /// Whether pages may send cookies and other credentials.
    pub credentials: bool,
    /// How long a browser may keep the answer to a preflight, in seconds; 0 takes the default of ten minutes.
    pub max_age: u32,
    /// Paths that begin so are meant: `/api/`. Empty for all.
    pub path: String,
    /// The application behind a proxy: `http://127.0.0.1:3000`. `None` leaves what is configured.
    pub upstream: Option<String>,
    /// The API's own origin, as its URL tells it: what a development proxy forwards to.
    pub api: Option<String>,
}

impl Policy {
    /// The smallest policy that mends all of `findings`: the union of what their fixes name.
    ///
    /// `*` never gets in this way: who wants it for public data asks for it.
    pub fn from_findings(findings: &[Finding]) -> Self {
        let mut origins = BTreeSet::new();
        let mut methods = BTreeSet::new();
        let mut headers = BTreeSet::new();
        let mut expose = BTreeSet::new();
        let mut paths = Vec::new();
        let mut apis = BTreeSet::new();
        let mut credentials = false;
        for finding in findings {
            let all = finding.fix.iter().map(|fix| &fix.params);
            for FixParams {
                origins: o,
                methods: m,
                headers: h,
                expose: e,
                ..
            } in all.clone()
            {
                origins.extend(o.iter().filter(|origin| *origin != "*").cloned());
                methods.extend(m.iter().cloned());
                headers.extend(h.iter().map(|name| name.to_ascii_lowercase()));
                expose.extend(e.iter().map(|name| name.to_ascii_lowercase()));
            }
            credentials |= all.clone().any(|params| params.credentials == Some(true));
            // Only a request that was refused asks for its origin: a risk's origin is often a stranger's.
            if finding.severity >= Severity::Depends && !all.clone().any(|p| !p.origins.is_empty())
            {
                origins.insert(finding.origin.clone());
            }
            methods.insert(finding.method.clone());
            let path = all.filter_map(|params| params.path.clone()).next();
            paths.push(path.unwrap_or_else(|| path_of(&finding.url)));
            apis.extend(origin_of(&finding.url));
        }
        origins.remove("");
        methods.remove("");
        Self {
            origins: origins.into_iter().collect(),
            methods: methods.into_iter().collect(),
            headers: headers.into_iter().collect(),
            expose: expose.into_iter().collect(),
            credentials,
            max_age: 0,
            path: common_folder(&paths),
            upstream: None,
            api: apis.into_iter().next(),
        }
    }
}

fn path_of(url: &str) -> String {
    url::Url::parse(url).map_or_else(|_| "/".to_owned(), |url| url.path().to_owned())
}

/// The origin of `url`, serialised; `None` when it has none that a server could have.
pub fn origin_of(url: &str) -> Option<String> {
    let origin = url::Url::parse(url).ok()?.origin();
    origin.is_tuple().then(|| origin.ascii_serialization())
}

/// The longest common beginning of `paths` that ends with a slash. A `*` ends a path.
fn common_folder(paths: &[String]) -> String {
    let mut folders = paths.iter().map(|path| {
        let path = path.split('*').next().unwrap_or_default();
        path.split_inclusive('/').filter(|part| part.ends_with('/'))
    });
    let Some(first) = folders.next() else {
        return "/".to_owned();
    };
    let mut common: Vec<&str> = first.collect();
    for folder in folders {
        let same = common
            .iter()
            .zip(folder)
            .take_while(|(a, b)| **a == *b)
            .count();
        common.truncate(same);
    }
    match common.concat() {
        none if none.is_empty() => "/".to_owned(),
        folder => folder,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::caveat::CaveatSet;
    use crate::finding::{Codes, Confidence, Enforcement, Fix, Outcome, Phase};
    use crate::time::Timestamp;

    fn common(paths: &[&str]) -> String {
        common_folder(
            &paths
                .iter()
                .map(|path| (*path).to_owned())
                .collect::<Vec<_>>(),
        )
    }

    #[test]
    fn the_path_is_the_folder_that_all_requests_share() {
        assert_eq!(common(&["/api/users/7", "/api/orders"]), "/api/");
        assert_eq!(common(&["/api/users/*"]), "/api/users/");
        assert_eq!(common(&["/api/users", "/apis/x"]), "/");
        assert_eq!(common(&["/users"]), "/");
        assert_eq!(common(&["users", ""]), "/");
        assert_eq!(common(&[]), "/");
    }

    /// A finding as a rule makes it; `fix` holds what it wants changed.
    fn finding(severity: Severity, origin: &str, url: &str, fix: &[FixParams]) -> Finding {
        Finding {
            rule: "preflight-method-not-allowed",
            severity,
            confidence: Confidence::Definite,
            enforcement: Enforcement::BrowserProven,
            outcome: Outcome::Confirmed,
            phase: Phase::Preflight,
            codes: Codes::default(),
            parameter: None,
            source: "a.har".into(),
            time: Timestamp::default(),
            origin: origin.into(),
            method: "DELETE".into(),
            url: url.into(),
            initiator: None,
            credentials: "unknown".into(),
            preflight: None,
            actual: None,
            evidence: vec![],
            also_wrong: vec![],
            cause: String::new(),
            tag: None,
            fix: fix
                .iter()
                .map(|params| Fix {
                    action: "add-method",
                    text: String::new(),
                    params: params.clone(),
                })
                .collect(),
            explained_by: None,
            caveats: CaveatSet::default(),
            settles: String::new(),
            fingerprint: String::new(),
            platform: None,
            is_known: false,
            exchanges: Vec::new(),
        }
    }

    #[test]
    fn findings_of_one_api_become_one_policy() {
        let wants = |header: &str, credentials| FixParams {
            origins: vec!["https://app.example".into(), "*".into()],
            headers: vec![header.into()],
            credentials,
            ..FixParams::default()
        };
        let policy = Policy::from_findings(&[
            finding(
                Severity::Blocked,
                "https://app.example",
                "https://api.example/v1/users/7?q=1",
                &[wants("X-A", Some(true))],
            ),
            finding(
                Severity::Blocked,
                "https://b.example",
                "https://api.example/v1/orders",
                &[],
            ),
            finding(
                Severity::Blocked,
                "https://app.example",
                "https://api.example/v1/users",
                &[wants("x-a", None)],
            ),
        ]);
        assert_eq!(policy.origins, ["https://app.example", "https://b.example"]);
        assert_eq!(
            (policy.methods, policy.headers),
            (vec!["DELETE".to_owned()], vec!["x-a".to_owned()])
        );
        assert!(policy.credentials);
        assert_eq!(
            (policy.path.as_str(), policy.api.as_deref()),
            ("/v1/", Some("https://api.example"))
        );
    }

    #[test]
    fn a_stranger_who_was_let_in_is_not_added_to_the_list() {
        let risk = finding(
            Severity::Risk,
            "https://evil.example",
            "https://api.example/",
            &[],
        );
        assert!(Policy::from_findings(&[risk]).origins.is_empty());
    }

    #[test]
    fn a_policy_can_be_read_from_a_few_lines_of_json() {
        let policy: Policy =
            serde_json::from_str(r#"{"origins":["https://a.example"],"credentials":true}"#)
                .unwrap();
        assert_eq!(policy.origins, ["https://a.example"]);
        assert!(policy.credentials && policy.upstream.is_none());
    }
}
