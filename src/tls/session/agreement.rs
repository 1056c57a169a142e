//! What both ends agree on: hellos, secrets, and the keys that follow from them.

use super::super::compression::Inflater;
use super::super::direction::{Protection, Waiting};
use super::super::handshake::{self, ClientHello, Message, ServerHello, kind as message};
use super::super::key_log::{Secret, Secrets};
use super::super::key_schedule::{Randoms, keys_from_master};
use super::super::protect::Opener;
use super::super::record::Reply;
use super::super::state::{Reason, State};
use super::super::suite::{Suite, Version};
use super::super::traffic::{Epoch, Epochs, Keyed};
use super::Core;
use crate::net::Direction;

impl Core {
    pub(super) fn messages(&mut self, direction: Direction, content: &[u8]) {
        for message in self.half(direction).messages.push(content) {
            if matches!(self.state, State::Closed(_)) {
                return;
            }
            self.message(direction, &message);
        }
    }

    fn message(&mut self, direction: Direction, message: &Message) {
        let body = &message.body;
        if self.has_private_keys() {
            self.exchange.push(message);
        }
        match (message.kind, direction) {
            (message::CLIENT_HELLO, Direction::ToServer) => match ClientHello::parse(body) {
                Some(hello) => self.client_hello(hello),
                None => self.close(Reason::BadHello),
            },
            (message::SERVER_HELLO, Direction::ToClient) => match ServerHello::parse(body) {
                Some(hello) if hello.is_retry_request => self.is_retry = true,
                Some(hello) => {
                    self.alpn = hello.alpn.clone().or(self.alpn.take());
                    self.server = Some(hello);
                    self.agree();
                }
                None => self.close(Reason::BadHello),
            },
            (message::ENCRYPTED_EXTENSIONS, Direction::ToClient) => {
                self.alpn = handshake::alpn_of_encrypted_extensions(body).or(self.alpn.take());
            }
            (message::CLIENT_KEY_EXCHANGE, Direction::ToServer) => self.exchange_keys(body),
            (message::FINISHED, _) => self.advance(direction, Epoch::Application),
            (message::END_OF_EARLY_DATA, Direction::ToServer) => {
                self.advance(direction, Epoch::Handshake);
            }
            (message::KEY_UPDATE, _) => {
                if let Protection::Modern(epochs) = &mut self.half(direction).protection {
                    epochs.update();
                }
            }
            _ => {}
        }
    }

    fn advance(&mut self, direction: Direction, epoch: Epoch) {
        if let Protection::Modern(epochs) = &mut self.half(direction).protection {
            epochs.advance(epoch);
        }
    }

    pub(super) fn client_hello(&mut self, hello: ClientHello) {
        let is_same = self
            .client
            .as_ref()
            .is_some_and(|before| before.random == hello.random);
        if is_same {
            // The second hello after a HelloRetryRequest.
            return;
        }
        if self.client.is_some() {
            // Renegotiation: the server's answer is to come.
            self.server = None;
        }
        self.server_name = hello.server_name.clone().or(self.server_name.take());
        self.client = Some(hello);
        self.agree();
    }

    /// Both hellos are there: suite and secrets can be looked up.
    fn agree(&mut self) {
        let (Some(client), Some(server)) = (&self.client, &self.server) else {
            return;
        };
        let Some(suite) = Suite::from_wire(server.suite) else {
            let suite = server.suite;
            return self.close(Reason::UnsupportedSuite(suite));
        };
        let secrets = self.log.connection(&client.random);
        let has_secret = if server.version == Version::Tls13 {
            secrets.is_some_and(|secrets| {
                secrets.client_application.is_some() || secrets.server_application.is_some()
            })
        } else {
            self.master().is_some()
        };
        let may_have_one = server.version != Version::Tls13 && self.has_private_keys();
        if !has_secret && !may_have_one {
            return self.close(Reason::NoKeys);
        }
        self.suite = Some(suite);
        if !has_secret {
            // The client's key exchange is to come.
            return;
        }
        self.state = State::Open;
        for direction in [Direction::ToServer, Direction::ToClient] {
            for waiting in self.half(direction).take_waiting() {
                let Waiting { head, mark, body } = waiting;
                if self.record(direction, head, mark, &body) == Reply::NoRecord {
                    self.unopened(direction, &body);
                }
            }
        }
    }

    fn master(&self) -> Option<Secret> {
        self.log
            .connection(&self.client.as_ref()?.random)
            .and_then(|secrets| secrets.master)
            .or_else(|| self.log.session(&self.server.as_ref()?.session_id))
            .or(self.exchange.master())
    }

    /// The client's key exchange: what is still missing where a private key is all there is.
    fn exchange_keys(&mut self, body: &[u8]) {
        if !self.has_private_keys() || self.master().is_some() {
            return;
        }
        let (Some(client), Some(server), Some(suite)) = (&self.client, &self.server, self.suite)
        else {
            return;
        };
        let keys = self.log.private_keys();
        match self.exchange.open(keys, (client, server), suite, body) {
            Some(_) => self.state = State::Open,
            None => self.close(Reason::NoKeys),
        }
    }

    /// Sets the keys of TLS 1.3, which need no ChangeCipherSpec.
    pub(super) fn protect(&mut self, direction: Direction) {
        let (Some(client), Some(server), Some(suite)) = (&self.client, &self.server, self.suite)
        else {
            return;
        };
        if server.version != Version::Tls13 {
            return;
        }
        let secrets: Secrets = self
            .log
            .connection(&client.random)
            .copied()
            .unwrap_or_default();
        let epochs = Epochs::new(suite, &secrets, direction, client.has_early_data);
        self.half(direction).protection = Protection::Modern(Box::new(epochs));
    }

    /// Sets the keys of TLS 1.2 and earlier. In TLS 1.3 the record means nothing (RFC 8446 §D.4).
    pub(super) fn change_cipher_spec(&mut self, direction: Direction) {
        let (Some(client), Some(server), Some(suite)) = (&self.client, &self.server, self.suite)
        else {
            return self.block(direction);
        };
        let version = server.version;
        if version == Version::Tls13 {
            return;
        }
        let Some(master) = self.master() else {
            return self.close(Reason::NoKeys);
        };
        let randoms = Randoms {
            client: client.random,
            server: server.random,
        };
        let Some(inflater) = Inflater::from_wire(server.compression) else {
            return self.close(Reason::BadHello);
        };
        let keys = keys_from_master(version, suite, master.as_slice(), &randoms, direction);
        match Opener::new(version, suite, keys, server.is_encrypt_then_mac) {
            Some(opener) => {
                let half = self.half(direction);
                half.messages.reset();
                half.inflater = inflater;
                half.protection = Protection::Legacy(Box::new(Keyed::new(opener)));
            }
            None => {
                let suite = server.suite;
                self.close(Reason::UnsupportedSuite(suite));
            }
        }
    }
}
