//! Finding the records again after a loss.
//!
//! Ciphertext holds bytes that look like a header every few megabytes, so one place is not believed: all are followed side
//! by side, and the first whose record opens tells where the borders are.

use super::record::{HEAD_LEN, Head, Mark, kind};

/// The search for a record in one direction.
#[derive(Debug)]
pub(crate) struct Search {
    /// Bytes lost before `held`; `None`: how many cannot be told.
    lost: Option<u64>,
    held: Vec<u8>,
    /// Bytes of `held` at which a header has been looked for.
    scanned: usize,
    candidates: Vec<Candidate>,
    /// Header of the record before the loss.
    before: Option<Head>,
    last: Option<Mark>,
}

/// A place in `held` that looks like a header.
#[derive(Debug, Clone, Copy)]
struct Candidate {
    at: usize,
    head: Head,
    mark: Mark,
}

impl Candidate {
    fn end(&self) -> usize {
        self.at + HEAD_LEN + usize::from(self.head.len)
    }

    /// Whether its body would reach over the bytes after `len`.
    fn is_open(&self, len: usize) -> bool {
        self.end() > len
    }
}

/// A record that may have been found.
pub(crate) struct Guess<'a> {
    pub(crate) head: Head,
    pub(crate) mark: Mark,
    pub(crate) body: &'a [u8],
    /// Bytes before it, all lost; `None`: how many cannot be told.
    pub(crate) lost: Option<u64>,
}

impl Search {
    /// After `lost` bytes; `None`: how many cannot be told.
    pub(crate) fn new(lost: Option<u64>, before: Option<Head>) -> Self {
        Self {
            lost,
            held: Vec::new(),
            scanned: 0,
            candidates: Vec::new(),
            before,
            last: None,
        }
    }

    /// More is missing: `None`: how much cannot be told.
    pub(crate) fn gap(&mut self, len: Option<u64>) {
        self.forget(self.held.len());
        self.lost = self
            .lost
            .zip(len)
            .map(|(lost, len)| lost.saturating_add(len));
        self.candidates.clear();
        self.scanned = 0;
    }

    /// Takes the next bytes. When `opens` accepts a record, returns its header and what follows it.
    pub(crate) fn push(
        &mut self,
        bytes: &[u8],
        mark: Mark,
        opens: &mut impl FnMut(Guess<'_>) -> bool,
    ) -> Option<(Head, Vec<u8>)> {
        let fresh = self.held.len();
        self.held.extend_from_slice(bytes);
        self.scan(fresh, mark);
        let mut found = None;
        for candidate in &self.candidates {
            let body = candidate.at + HEAD_LEN..candidate.end();
            let Some(body) = self.held.get(body) else {
                continue;
            };
            let Candidate { at, head, mark } = *candidate;
            let lost = self.lost.map(|lost| lost.saturating_add(at as u64));
            if opens(Guess {
                head,
                mark,
                body,
                lost,
            }) {
                found = Some(*candidate);
                break;
            }
        }
        if let Some(found) = found {
            let rest = self.held.get(found.end()..).unwrap_or_default();
            return Some((found.head, rest.to_vec()));
        }
        self.drop_refused();
        None
    }

    fn scan(&mut self, fresh: usize, now: Mark) {
        let first = self.last.replace(now).unwrap_or(now);
        let unscanned = self.held.get(self.scanned..).unwrap_or_default();
        for window in unscanned.windows(HEAD_LEN) {
            let at = self.scanned;
            self.scanned += 1;
            let head = window.first_chunk().and_then(|bytes| Head::parse(*bytes));
            if let Some(head) = head.filter(|head| is_likely(*head, self.before)) {
                let mark = if at < fresh { first } else { now };
                self.candidates.push(Candidate { at, head, mark });
            }
        }
    }

    /// Forgets what no candidate needs.
    fn drop_refused(&mut self) {
        let len = self.held.len();
        self.candidates.retain(|candidate| candidate.is_open(len));
        let needed = self
            .candidates
            .first()
            .map_or(self.scanned, |first| first.at);
        self.forget(needed);
        self.scanned -= needed;
        for candidate in &mut self.candidates {
            candidate.at -= needed;
        }
    }

    fn forget(&mut self, len: usize) {
        self.held.drain(..len);
        self.lost = self.lost.map(|lost| lost.saturating_add(len as u64));
    }
}

/// Records of one direction have one version, and after application data comes more of it.
fn is_likely(head: Head, before: Option<Head>) -> bool {
    head.len > 0
        && before.is_none_or(|before| {
            let is_data = before.kind == kind::APPLICATION_DATA;
            before.version == head.version && (!is_data || head.kind == before.kind)
        })
}
