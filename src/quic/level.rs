//! The keys of one direction at one encryption level, and the packet number space they open (RFC 9001 §2.1, §6).

use super::keys::{HeaderKey, PayloadKey, Suite, next_secret};
use super::protect::{Unmasked, unmask};
use super::version::Version;
use std::ops::Range;

/// Keys for Initial, Handshake or 0-RTT packets, or for 1-RTT packets and their updates.
#[derive(Debug)]
pub(super) struct Level {
    version: Version,
    /// One set per suite that is possible; a single one once a packet was opened.
    sets: Vec<KeySet>,
}

#[derive(Debug)]
struct KeySet {
    suite: Suite,
    header: HeaderKey,
    current: PayloadKey,
    /// The secret behind `current`.
    secret: Vec<u8>,
    previous: Option<PayloadKey>,
    next: Option<(PayloadKey, Vec<u8>)>,
    phase: bool,
}

/// An opened packet: its full number, and where its payload stands in the scratch buffer.
pub(super) type Opened = (u64, Range<usize>);

impl Level {
    /// Keys from `secret`; of every suite that fits its length when `suite` is not known.
    pub(super) fn new(version: Version, secret: &[u8], suite: Option<Suite>) -> Option<Self> {
        let fitting = Suite::candidates(secret);
        let sets: Vec<_> = fitting
            .iter()
            .filter(|candidate| suite.is_none_or(|suite| suite == **candidate))
            .filter_map(|suite| KeySet::new(*suite, version, secret))
            .collect();
        (!sets.is_empty()).then_some(Self { version, sets })
    }

    /// Opens `packet`, whose number begins at `number_at`, into `scratch`. `largest` is the largest number of its space.
    pub(super) fn open(
        &mut self,
        packet: &[u8],
        number_at: usize,
        largest: Option<u64>,
        scratch: &mut Vec<u8>,
    ) -> Option<Opened> {
        let version = self.version;
        let (at, opened) = self.sets.iter_mut().enumerate().find_map(|(at, set)| {
            Some((at, set.open(version, packet, number_at, largest, scratch)?))
        })?;
        if self.sets.len() > 1 {
            self.sets.swap(0, at);
            self.sets.truncate(1);
        }
        Some(opened)
    }
}

impl KeySet {
    fn new(suite: Suite, version: Version, secret: &[u8]) -> Option<Self> {
        Some(Self {
            suite,
            header: HeaderKey::new(suite, version, secret)?,
            current: PayloadKey::new(suite, version, secret)?,
            secret: secret.to_vec(),
            previous: None,
            next: None,
            phase: false,
        })
    }

    fn open(
        &mut self,
        version: Version,
        packet: &[u8],
        number_at: usize,
        largest: Option<u64>,
        scratch: &mut Vec<u8>,
    ) -> Option<Opened> {
        let unmasked = unmask(packet, number_at, &self.header)?;
        let number = unmasked.full_number(largest);
        let is_long = packet.first().is_some_and(|first| first & 0x80 != 0);
        if is_long || unmasked.key_phase() == self.phase {
            return open(&self.current, unmasked, packet, number_at, number, scratch);
        }
        if let Some(previous) = &self.previous
            && largest.is_some_and(|largest| number < largest)
            && let Some(opened) = open(previous, unmasked, packet, number_at, number, scratch)
        {
            return Some(opened);
        }
        self.open_updated(version, unmasked, packet, number_at, number, scratch)
    }

    /// The phase bit differs: the sender has updated its keys, if the next ones open the packet.
    fn open_updated(
        &mut self,
        version: Version,
        unmasked: Unmasked,
        packet: &[u8],
        number_at: usize,
        number: u64,
        scratch: &mut Vec<u8>,
    ) -> Option<Opened> {
        if self.next.is_none() {
            let secret = next_secret(self.suite, version, &self.secret)?;
            self.next = Some((PayloadKey::new(self.suite, version, &secret)?, secret));
        }
        let (next, _) = self.next.as_ref()?;
        let opened = open(next, unmasked, packet, number_at, number, scratch)?;
        let (next, secret) = self.next.take()?;
        self.previous = Some(std::mem::replace(&mut self.current, next));
        self.secret = secret;
        self.phase = !self.phase;
        Some(opened)
    }
}

fn open(
    key: &PayloadKey,
    unmasked: Unmasked,
    packet: &[u8],
    number_at: usize,
    number: u64,
    scratch: &mut Vec<u8>,
) -> Option<Opened> {
    let len = unmasked
        .open(packet, number_at, number, key, scratch)?
        .len();
    let start = number_at.checked_add(unmasked.number_len())?;
    Some((number, start..start.checked_add(len)?))
}
