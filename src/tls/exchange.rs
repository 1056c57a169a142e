//! Key exchange with RSA: the master secret out of a handshake, where the server's private key is known.

use super::handshake::{self, ClientHello, Message, ServerHello, kind as message};
use super::key_log::Secret;
use super::key_schedule::{Randoms, master_from_premaster};
use super::private_key::PrivateKey;
use super::suite::Suite;

/// What a handshake has shown so far.
#[derive(Debug, Default)]
pub(crate) struct Exchange {
    /// Its messages, which a master secret may depend on.
    transcript: Vec<u8>,
    master: Option<Secret>,
}

/// Longest handshake that is kept; chains of certificates have some kilobytes.
const MOST_TRANSCRIPT: usize = 256 << 10;

impl Exchange {
    /// Takes the next message of either side.
    pub(crate) fn push(&mut self, message: &Message) {
        if message.kind == message::CLIENT_HELLO {
            self.transcript.clear();
            self.master = None;
        }
        if self.transcript.len() <= MOST_TRANSCRIPT {
            message.append_to(&mut self.transcript);
        }
    }

    /// Opens what the client sent in a ClientKeyExchange. `None`: it was encrypted for another key, or is the client's half
    /// of another exchange, which tells nothing.
    pub(crate) fn open(
        &mut self,
        keys: &[PrivateKey],
        hellos: (&ClientHello, &ServerHello),
        suite: Suite,
        body: &[u8],
    ) -> Option<Secret> {
        let (client, server) = hellos;
        let encrypted = handshake::encrypted_premaster(server.version, body)?;
        let premaster = keys.iter().find_map(|key| key.premaster(encrypted))?;
        let randoms = Randoms {
            client: client.random,
            server: server.random,
        };
        let transcript = server
            .has_extended_master
            .then_some(self.transcript.as_slice());
        let master = master_from_premaster(server.version, suite, &premaster, &randoms, transcript);
        self.master = Secret::new(&master);
        self.master
    }

    /// The master secret, once it was opened.
    pub(crate) fn master(&self) -> Option<Secret> {
        self.master
    }
}
