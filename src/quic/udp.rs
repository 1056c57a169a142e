//! Numbers UDP conversations in the order of their first datagram, as Wireshark's `udp.stream`.

use hashbrown::HashMap;
use std::net::SocketAddr;

/// The conversations seen so far. Above the bound those not seen for long are forgotten; one that returns gets a new number.
#[derive(Debug)]
pub(super) struct Conversations {
    young: HashMap<(SocketAddr, SocketAddr), u32>,
    old: HashMap<(SocketAddr, SocketAddr), u32>,
    next: u32,
    most: usize,
}

impl Conversations {
    /// Remembers between `most / 2` and `most` conversations.
    pub(super) fn new(most: usize) -> Self {
        Self {
            young: HashMap::new(),
            old: HashMap::new(),
            next: 0,
            most,
        }
    }

    /// The number of the conversation between two endpoints.
    pub(super) fn number(&mut self, one: SocketAddr, other: SocketAddr) -> u32 {
        let key = (one.min(other), one.max(other));
        if let Some(number) = self.young.get(&key) {
            return *number;
        }
        let number = self.old.remove(&key).unwrap_or_else(|| {
            let number = self.next;
            self.next = self.next.saturating_add(1);
            number
        });
        if self.young.len() >= self.most / 2 {
            self.old = std::mem::take(&mut self.young);
        }
        self.young.insert(key, number);
        number
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_directions_have_one_number_and_the_forgotten_a_new_one() {
        let end = |port| SocketAddr::from(([127, 0, 0, 1], port));
        let mut conversations = Conversations::new(4);
        assert_eq!(conversations.number(end(1), end(2)), 0);
        assert_eq!(conversations.number(end(3), end(2)), 1);
        assert_eq!(conversations.number(end(2), end(1)), 0);
        for port in 4..9 {
            conversations.number(end(port), end(2));
        }
        assert_eq!(conversations.number(end(1), end(2)), 7);
    }
}
