//! What both sides' TLS messages say about the connection.

use super::hello::{ClientHello, Messages, Told};
use super::keys::Suite;
use crate::net::Direction;

/// The handshake as far as it was read.
#[derive(Debug, Default)]
pub(super) struct Handshake {
    pub(super) hello: Option<ClientHello>,
    pub(super) suite: Option<Suite>,
    /// ALPN identifier that the server chose, once its EncryptedExtensions were read.
    chosen: Option<Option<String>>,
}

impl Handshake {
    /// Reads the messages that are complete.
    pub(super) fn take(&mut self, messages: &mut Messages, direction: Direction) {
        while let Some(told) = messages.next() {
            match (told, direction) {
                (Told::Client(hello), Direction::ToServer) => {
                    // After HelloRetryRequest there is a second one with the same random.
                    self.hello.get_or_insert(hello);
                }
                (Told::Server(suite), Direction::ToClient) => self.suite = Suite::from_wire(suite),
                (Told::Protocol(protocol), Direction::ToClient) => self.chosen = Some(protocol),
                _ => {}
            }
        }
    }

    /// The ALPN identifier that the server chose, or what it most likely chose; empty when there was no ALPN.
    pub(super) fn protocol(&self) -> String {
        let offered = self
            .hello
            .as_ref()
            .map_or(&[][..], |hello| &hello.protocols);
        match &self.chosen {
            Some(chosen) => chosen.clone(),
            None => offered
                .iter()
                .find(|protocol| is_http3(protocol))
                .or(offered.first())
                .cloned(),
        }
        .unwrap_or_default()
    }

    /// The name that the client asked for.
    pub(super) fn server_name(&self) -> Option<String> {
        self.hello
            .as_ref()
            .and_then(|hello| hello.server_name.clone())
    }
}

/// `h3`, and the drafts' `h3-29` and the like.
pub(super) fn is_http3(protocol: &str) -> bool {
    protocol == "h3" || protocol.starts_with("h3-")
}
