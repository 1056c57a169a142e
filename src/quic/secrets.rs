//! Where secrets come from: the one thing that this room asks of a key log.

/// Secrets of TLS 1.3 connections, as the NSS key log format names them.
pub trait Secrets {
    /// The secret called `label` (`CLIENT_TRAFFIC_SECRET_0`, …) of the connection with this client random.
    fn secret(&self, label: &str, client_random: &[u8; 32]) -> Option<&[u8]>;
}

/// No secrets.
impl Secrets for () {
    fn secret(&self, _: &str, _: &[u8; 32]) -> Option<&[u8]> {
        None
    }
}
