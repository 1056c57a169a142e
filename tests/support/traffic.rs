//! Traffic of a page as DevTools would have recorded it, and the way from there to the causes.

use corsight::causes::Patterns;
use corsight::caveat::CaveatSet;
use corsight::cors::{Decided, Pairing};
use corsight::finding::{Cause, Finding};
use corsight::http::{
    Exchange, Locator, Observed, Recorder, Request, ResourceType, Response, SourceId, Version,
};
use corsight::limits::Limits;
use corsight::rules::{self, Policy};
use corsight::time::Timestamp;
use std::sync::Arc;
use std::time::Duration;

pub(crate) type Fields<'a> = &'a [(&'a str, &'a str)];

/// What a page did, in order.
#[derive(Debug, Clone)]
pub(crate) struct Traffic {
    page: String,
    clock: i64,
    pub(crate) exchanges: Vec<Exchange>,
}

impl Traffic {
    /// The traffic of the page at `origin`.
    pub(crate) fn of(origin: &str) -> Self {
        Self {
            page: origin.to_owned(),
            clock: 1_700_000_000_000,
            exchanges: Vec::new(),
        }
    }

    /// Seconds pass.
    pub(crate) fn pass(&mut self, seconds: i64) -> &mut Self {
        self.clock += seconds * 1000;
        self
    }

    /// Another page speaks from now on.
    pub(crate) fn page(&mut self, origin: &str) -> &mut Self {
        self.page = origin.to_owned();
        self
    }

    /// A preflight; status 0 means that no answer came.
    pub(crate) fn preflight(
        &mut self,
        method: &str,
        url: &str,
        asks: &str,
        status: u16,
        answer: Fields<'_>,
    ) -> &mut Self {
        let page = self.page.clone();
        let mut fields = vec![
            ("Origin", page.as_str()),
            ("Access-Control-Request-Method", method),
            ("Sec-Fetch-Mode", "cors"),
        ];
        if !asks.is_empty() {
            fields.push(("Access-Control-Request-Headers", asks));
        }
        self.clock += 5;
        let exchange = self.exchange("OPTIONS", url, &fields, status, answer);
        self.exchanges.push(exchange);
        self.change(|exchange| {
            let observed = exchange.observed.as_mut().unwrap();
            observed.marked_preflight = true;
            observed.resource_type = Some(ResourceType::Preflight);
            observed.initiator_url = Some(url.into());
        })
    }

    /// A preflight whose answer allows `method` and `asks`.
    pub(crate) fn preflight_ok(&mut self, method: &str, url: &str, asks: &str) -> &mut Self {
        let page = self.page.clone();
        let answer = [
            ("Access-Control-Allow-Origin", page.as_str()),
            ("Access-Control-Allow-Methods", method),
            ("Access-Control-Allow-Headers", asks),
        ];
        self.preflight(method, url, asks, 204, &answer)
    }

    /// A request that the page made with `fetch()`, and its answer, which the page could read.
    pub(crate) fn fetch(
        &mut self,
        method: &str,
        url: &str,
        status: u16,
        answer: Fields<'_>,
    ) -> &mut Self {
        let page = self.page.clone();
        let fields = [
            ("Origin", page.as_str()),
            ("Referer", page.as_str()),
            ("Sec-Fetch-Mode", "cors"),
            ("Sec-Fetch-Site", "cross-site"),
            ("Sec-Fetch-Dest", "empty"),
        ];
        self.clock += 5;
        let exchange = self.exchange(method, url, &fields, status, answer);
        self.exchanges.push(exchange);
        self
    }

    /// The same, answered so that the page can read it.
    pub(crate) fn fetch_ok(&mut self, method: &str, url: &str) -> &mut Self {
        let page = self.page.clone();
        self.fetch(method, url, 200, &[("Access-Control-Allow-Origin", &page)])
    }

    /// The same, but the browser refused the answer.
    pub(crate) fn refused(
        &mut self,
        method: &str,
        url: &str,
        status: u16,
        answer: Fields<'_>,
    ) -> &mut Self {
        self.fetch(method, url, status, answer)
            .error("net::ERR_FAILED")
    }

    /// A request that was never sent, or got no answer: the stub that DevTools writes.
    pub(crate) fn unsent(&mut self, method: &str, url: &str, error: &str) -> &mut Self {
        self.fetch(method, url, 0, &[]);
        let page = self.page.clone();
        self.change(|exchange| {
            let request = exchange.request.as_mut().unwrap();
            request.fields = [("Referer", page.as_str())].into_iter().collect();
            exchange.observed.as_mut().unwrap().provisional = true;
        });
        self.error(error)
    }

    fn error(&mut self, text: &str) -> &mut Self {
        self.change(|exchange| {
            let observed = exchange.observed.as_mut().unwrap();
            observed.net_error = Some(text.into());
            observed.body_delivered = Some(false);
        })
    }

    /// Changes the last exchange.
    pub(crate) fn change(&mut self, change: impl FnOnce(&mut Exchange)) -> &mut Self {
        change(self.exchanges.last_mut().unwrap());
        self
    }

    /// Adds fields to the last request.
    pub(crate) fn with(&mut self, fields: Fields<'_>) -> &mut Self {
        self.change(|exchange| {
            let request = exchange.request.as_mut().unwrap();
            fields
                .iter()
                .for_each(|(name, value)| request.fields.push(name, value));
        })
    }

    /// Sets the `Origin` of the last request.
    pub(crate) fn origin(&mut self, origin: &str) -> &mut Self {
        self.change(|exchange| {
            let request = exchange.request.as_mut().unwrap();
            request.fields = request
                .fields
                .iter()
                .map(|(name, value)| match name {
                    "Origin" => (name, origin),
                    _ => (name, value),
                })
                .collect();
        })
    }

    /// Time until the last answer began.
    pub(crate) fn wait(&mut self, seconds: u64) -> &mut Self {
        self.change(|exchange| {
            let wait = Duration::from_millis(seconds * 1000 + 20);
            exchange.duration = Some(wait);
            exchange.response.as_mut().unwrap().started = exchange.started.after(wait);
        })
    }

    fn exchange(
        &self,
        method: &str,
        url: &str,
        fields: Fields<'_>,
        status: u16,
        answer: Fields<'_>,
    ) -> Exchange {
        let started = Timestamp(self.clock * 1_000_000);
        Exchange {
            source: SourceId(0),
            locator: Locator::Har {
                entry: self.exchanges.len() as u64,
            },
            started,
            duration: Some(Duration::from_millis(40)),
            client: None,
            server: None,
            request: Some(Request {
                method: method.into(),
                url: url.into(),
                version: Version::Http11,
                fields: fields.iter().copied().collect(),
                body_size: 0,
            }),
            response: (status > 0).then(|| Response {
                status,
                version: Version::Http11,
                fields: answer.iter().copied().collect(),
                body_size: 10,
                body_head: "".into(),
                started: started.after(Duration::from_millis(30)),
            }),
            observed: Some(Box::new(Observed {
                recorder: Recorder::Chromium,
                page_url: Some(self.page.as_str().into()),
                resource_type: Some(ResourceType::Fetch),
                unanswered: status == 0,
                body_delivered: (status > 0).then_some(true),
                ..Observed::default()
            })),
            caveats: CaveatSet::EMPTY,
        }
    }

    /// Pairs, judges and looks for causes.
    pub(crate) fn causes(&self) -> (Vec<Finding>, Vec<Cause>) {
        let limits = Limits::default();
        let policy = Policy {
            browser: None,
            source: "story.har",
        };
        let mut pairing = Pairing::new(&limits);
        let mut patterns = Patterns::new(&limits);
        let mut all = Vec::new();
        let mut take = |pairing: &mut Pairing| {
            while let Some(decided) = pairing.poll() {
                match decided {
                    Decided::Fetch(fetch) => {
                        let findings = rules::evaluate(&fetch, &policy);
                        patterns.observe(&fetch, &findings);
                        all.extend(findings);
                    }
                    Decided::Other { exchange, role } => {
                        let findings = rules::evaluate_other(&exchange, role, &policy);
                        patterns.observe_other(&exchange, &findings);
                        all.extend(findings);
                    }
                }
            }
        };
        for exchange in &self.exchanges {
            pairing.push(Arc::new(exchange.clone()));
            take(&mut pairing);
        }
        pairing.finish();
        take(&mut pairing);
        (all, patterns.finish())
    }
}
