//! The protection of one direction over time: sequence numbers, epochs, key updates, losses.
//!
//! Records carry no number (except in DTLS and QUIC), so after a loss the number is found by trying; authentication
//! tells when it is right.

use super::key_log::{Secret, Secrets};
use super::key_schedule::next_traffic_secret;
use super::protect::Opener;
use super::record::Head;
use super::suite::Suite;
use crate::net::Direction;

/// Sequence numbers that are tried after a loss.
const TRIES: u64 = 256;
/// Largest step of an explicit nonce that is believed to count lost records.
const MAX_STEP: u64 = 1 << 20;

/// One set of keys and the number of the next record.
pub(crate) struct Keyed {
    pub(crate) opener: Opener,
    seq: u64,
    last_nonce: Option<u64>,
}

/// Whether a record could be opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Opened {
    /// Yes; so many records before it are missing.
    Yes { skipped: u64 },
    /// No.
    No,
}

impl Keyed {
    /// Keys that begin with record 0.
    pub(crate) fn new(opener: Opener) -> Self {
        Self {
            opener,
            seq: 0,
            last_nonce: None,
        }
    }

    /// Opens the next record. `has_loss`: records before it may be missing.
    pub(crate) fn open(
        &mut self,
        has_loss: bool,
        head: Head,
        body: &[u8],
        out: &mut Vec<u8>,
    ) -> Opened {
        let nonce = self.opener.explicit_nonce(body);
        let step = match (self.last_nonce, nonce) {
            (Some(last), Some(nonce)) if has_loss => nonce.wrapping_sub(last).wrapping_sub(1),
            _ => 0,
        };
        let tries = if has_loss && self.opener.survives_loss() {
            TRIES
        } else {
            1
        };
        let counted = (1..MAX_STEP).contains(&step).then_some(step);
        for skipped in counted.into_iter().chain(0..tries) {
            let seq = self.seq.saturating_add(skipped);
            if self.opener.open(seq, head, body, out) {
                self.seq = seq.saturating_add(1);
                self.last_nonce = nonce;
                return Opened::Yes { skipped };
            }
        }
        self.opener.pass(body);
        Opened::No
    }

    /// Takes notice of exactly one missing record.
    pub(crate) fn skip_one(&mut self) {
        self.seq = self.seq.saturating_add(1);
        self.last_nonce = self.last_nonce.map(|nonce| nonce.wrapping_add(1));
        self.opener.break_chain();
    }
}

/// What a set of TLS 1.3 keys protects.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Epoch {
    Early,
    Handshake,
    Application,
}

/// The keys of one direction of TLS 1.3, in the order of their use.
pub(crate) struct Epochs {
    suite: Suite,
    /// From the current one on.
    left: Vec<(Epoch, Keyed)>,
    /// The traffic secret of the application epoch.
    secret: Option<Vec<u8>>,
}

impl Epochs {
    /// The keys that `secrets` give for `direction`.
    pub(crate) fn new(
        suite: Suite,
        secrets: &Secrets,
        direction: Direction,
        has_early_data: bool,
    ) -> Self {
        let (handshake, application) = match direction {
            Direction::ToServer => (secrets.client_handshake, secrets.client_application),
            Direction::ToClient => (secrets.server_handshake, secrets.server_application),
        };
        let early = secrets
            .client_early
            .filter(|_| has_early_data && direction == Direction::ToServer);
        let left = [
            (Epoch::Early, early),
            (Epoch::Handshake, handshake),
            (Epoch::Application, application),
        ]
        .into_iter()
        .filter_map(|(epoch, secret)| {
            let opener = Opener::from_traffic_secret(suite, secret?.as_slice())?;
            Some((epoch, Keyed::new(opener)))
        })
        .collect();
        Self {
            suite,
            left,
            secret: application
                .as_ref()
                .map(|secret| Secret::as_slice(secret).to_vec()),
        }
    }

    /// Opens the next record with the current keys, or with those that follow.
    pub(crate) fn open(
        &mut self,
        has_loss: bool,
        head: Head,
        body: &[u8],
        out: &mut Vec<u8>,
    ) -> Opened {
        for at in 0..self.left.len() {
            let Some((_, keyed)) = self.left.get_mut(at) else {
                break;
            };
            let opened = keyed.open(has_loss, head, body, out);
            if opened != Opened::No {
                self.left.drain(..at);
                return opened;
            }
        }
        if !has_loss || self.epoch() != Some(Epoch::Application) {
            return Opened::No;
        }
        // The key update itself may be among what was lost.
        let Some((secret, mut keyed)) = self.next_generation() else {
            return Opened::No;
        };
        let opened = keyed.open(true, head, body, out);
        if opened != Opened::No {
            self.secret = Some(secret);
            self.left = vec![(Epoch::Application, keyed)];
        }
        opened
    }

    /// The current epoch; `None` without any keys.
    pub(crate) fn epoch(&self) -> Option<Epoch> {
        self.left.first().map(|(epoch, _)| *epoch)
    }

    /// The current keys.
    pub(crate) fn current(&mut self) -> Option<&mut Keyed> {
        self.left.first_mut().map(|(_, keyed)| keyed)
    }

    /// The peers go on to `epoch`.
    pub(crate) fn advance(&mut self, epoch: Epoch) {
        if let Some(at) = self.left.iter().position(|(own, _)| *own == epoch) {
            self.left.drain(..at);
        }
    }

    /// The sender has updated its keys (RFC 8446 §4.6.3).
    pub(crate) fn update(&mut self) {
        if let Some((secret, keyed)) = self.next_generation() {
            self.secret = Some(secret);
            self.left = vec![(Epoch::Application, keyed)];
        }
    }

    fn next_generation(&self) -> Option<(Vec<u8>, Keyed)> {
        let secret = next_traffic_secret(self.suite, self.secret.as_deref()?)?;
        let opener = Opener::from_traffic_secret(self.suite, &secret)?;
        Some((secret, Keyed::new(opener)))
    }
}

/// What is missing since the last opened record.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Losses {
    is_pending: bool,
    /// Bytes of records with their headers; `None`: unknown.
    bytes: Option<u64>,
}

impl Losses {
    /// Whether anything is missing.
    pub(crate) fn is_pending(self) -> bool {
        self.is_pending
    }

    /// Adds missing bytes.
    pub(crate) fn add(&mut self, bytes: Option<u64>) {
        self.bytes = match (self.is_pending, self.bytes, bytes) {
            (false, _, bytes) => bytes,
            (true, Some(before), Some(bytes)) => Some(before.saturating_add(bytes)),
            (true, ..) => None,
        };
        self.is_pending = true;
    }

    /// Bytes of content in the missing records, now that their number is known. `u64::MAX`: cannot be told.
    pub(crate) fn settle(&mut self, records: u64, opener: &Opener) -> Option<u64> {
        let Self { is_pending, bytes } = std::mem::take(self);
        let per_record = (super::record::HEAD_LEN + opener.overhead()) as u64;
        is_pending.then(|| match bytes {
            Some(bytes) if !opener.is_padded() => {
                bytes.saturating_sub(records.saturating_mul(per_record))
            }
            _ => u64::MAX,
        })
    }
}
