//! Connections of a real QUIC library in memory, with reordering, loss and key updates.

use super::{Connection, Content};
use crate::net::Direction;
use crate::time::Timestamp;
use crate::tls::{KeyLog, Reason, State};
use Direction::{ToClient, ToServer};
use proptest::prelude::*;
use quinn_proto::crypto::rustls::{QuicClientConfig, QuicServerConfig};
use quinn_proto::{
    ClientConfig, Connection as Peer, ConnectionHandle, DatagramEvent, Dir, Endpoint,
    EndpointConfig, ServerConfig, VarInt,
};
use rustls::crypto::ring;
use rustls::pki_types::PrivateKeyDer;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Instant;

#[derive(Debug, Default)]
struct Log(Mutex<String>);

impl rustls::KeyLog for Log {
    fn log(&self, label: &str, random: &[u8], secret: &[u8]) {
        let hex = |bytes: &[u8]| -> String { bytes.iter().map(|b| format!("{b:02x}")).collect() };
        let line = format!("{label} {} {}\n", hex(random), hex(secret));
        self.0.lock().unwrap().push_str(&line);
    }
}

struct Recording {
    datagrams: Vec<(Direction, Vec<u8>)>,
    log: String,
}

const REQUEST: &[u8] = b"what the client says";

fn answer() -> Vec<u8> {
    (0..30_000_u32).map(|n| (n % 251) as u8).collect()
}

/// Two peers and the wire between them.
struct Pair {
    client: (Endpoint, Peer, ConnectionHandle),
    server: (Endpoint, Option<(Peer, ConnectionHandle)>),
    datagrams: Vec<(Direction, Vec<u8>)>,
    now: Instant,
}

const CLIENT: &str = "127.0.0.1:50000";
const SERVER: &str = "127.0.0.1:443";

impl Pair {
    fn new(suite: &str, log: &Arc<Log>) -> Self {
        let made = rcgen::generate_simple_self_signed(vec!["example.com".into()]).unwrap();
        let provider = Arc::new(rustls::crypto::CryptoProvider {
            cipher_suites: ring::ALL_CIPHER_SUITES
                .iter()
                .copied()
                .filter(|own| format!("{own:?}").contains(suite))
                .collect(),
            ..ring::default_provider()
        });
        let initial = ring::cipher_suite::TLS13_AES_128_GCM_SHA256
            .tls13()
            .unwrap()
            .quic_suite()
            .unwrap();
        let mut roots = rustls::RootCertStore::empty();
        roots.add(made.cert.der().clone()).unwrap();
        let mut client = rustls::ClientConfig::builder_with_provider(Arc::clone(&provider))
            .with_protocol_versions(&[&rustls::version::TLS13])
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        client.alpn_protocols = vec![b"h3".to_vec()];
        client.key_log = Arc::clone(log) as Arc<dyn rustls::KeyLog>;
        let key = PrivateKeyDer::try_from(made.signing_key.serialize_der()).unwrap();
        let mut server = rustls::ServerConfig::builder_with_provider(provider)
            .with_protocol_versions(&[&rustls::version::TLS13])
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![made.cert.der().clone()], key)
            .unwrap();
        server.alpn_protocols = vec![b"h3".to_vec()];
        let client = QuicClientConfig::with_initial(Arc::new(client), initial).unwrap();
        let server = QuicServerConfig::with_initial(Arc::new(server), initial).unwrap();
        let config = Arc::new(EndpointConfig::default());
        let now = Instant::now();
        let mut endpoint = Endpoint::new(Arc::clone(&config), None, false, None);
        let (handle, peer) = endpoint
            .connect(
                now,
                ClientConfig::new(Arc::new(client)),
                SERVER.parse().unwrap(),
                "example.com",
            )
            .unwrap();
        let server = ServerConfig::with_crypto(Arc::new(server));
        Self {
            client: (endpoint, peer, handle),
            server: (
                Endpoint::new(config, Some(Arc::new(server)), false, None),
                None,
            ),
            datagrams: Vec::new(),
            now,
        }
    }

    /// Carries datagrams until both sides are silent.
    fn run(&mut self) {
        loop {
            let sent = transmit(&mut self.client.1, self.now);
            for datagram in &sent {
                self.datagrams.push((ToServer, datagram.clone()));
                self.reach_server(datagram);
            }
            let answered = match &mut self.server.1 {
                Some((peer, _)) => transmit(peer, self.now),
                None => Vec::new(),
            };
            for datagram in &answered {
                self.datagrams.push((ToClient, datagram.clone()));
                let (endpoint, peer, handle) = &mut self.client;
                deliver(endpoint, peer, *handle, SERVER, datagram, self.now);
            }
            if sent.is_empty() && answered.is_empty() {
                return;
            }
        }
    }

    fn reach_server(&mut self, datagram: &[u8]) {
        let (endpoint, peer) = &mut self.server;
        if let Some((peer, handle)) = peer {
            deliver(endpoint, peer, *handle, CLIENT, datagram, self.now);
            return;
        }
        let mut buffer = Vec::new();
        let remote: SocketAddr = CLIENT.parse().unwrap();
        let event = endpoint.handle(self.now, remote, None, None, datagram.into(), &mut buffer);
        if let Some(DatagramEvent::NewConnection(incoming)) = event {
            let (handle, accepted) = endpoint
                .accept(incoming, self.now, &mut buffer, None)
                .unwrap();
            *peer = Some((accepted, handle));
        }
    }
}

fn transmit(peer: &mut Peer, now: Instant) -> Vec<Vec<u8>> {
    let mut datagrams = Vec::new();
    let mut buffer = Vec::new();
    while let Some(transmit) = peer.poll_transmit(now, 1, &mut buffer) {
        datagrams.push(buffer[..transmit.size].to_vec());
        buffer.clear();
    }
    datagrams
}

fn deliver(
    endpoint: &mut Endpoint,
    peer: &mut Peer,
    handle: ConnectionHandle,
    from: &str,
    datagram: &[u8],
    now: Instant,
) {
    let from = from.parse().unwrap();
    let event = endpoint.handle(now, from, None, None, datagram.into(), &mut Vec::new());
    if let Some(DatagramEvent::ConnectionEvent(_, event)) = event {
        peer.handle_event(event);
    }
    while let Some(event) = peer.poll_endpoint_events() {
        if let Some(event) = endpoint.handle_event(handle, event) {
            peer.handle_event(event);
        }
    }
    while peer.poll().is_some() {}
}

fn record(suite: &str, updates_keys: bool) -> Recording {
    let log = Arc::new(Log::default());
    let mut pair = Pair::new(suite, &log);
    pair.run();
    let id = pair.client.1.streams().open(Dir::Bi).unwrap();
    pair.client.1.send_stream(id).write(REQUEST).unwrap();
    pair.client.1.send_stream(id).finish().unwrap();
    pair.run();
    let (server, _) = pair.server.1.as_mut().unwrap();
    if updates_keys {
        server.force_key_update();
    }
    assert!(server.streams().accept(Dir::Bi).is_some());
    let answer = answer();
    let mut rest = answer.as_slice();
    while !rest.is_empty() {
        let (server, _) = pair.server.1.as_mut().unwrap();
        let written = server.send_stream(id).write(rest).unwrap_or(0);
        rest = &rest[written..];
        pair.now += std::time::Duration::from_millis(10);
        pair.run();
        let mut stream = pair.client.1.recv_stream(id);
        let mut chunks = stream.read(true).unwrap();
        while let Ok(Some(_)) = chunks.next(usize::MAX) {}
        let _ = chunks.finalize();
    }
    let (server, _) = pair.server.1.as_mut().unwrap();
    server.send_stream(id).finish().unwrap();
    pair.run();
    pair.client
        .1
        .close(pair.now, VarInt::from_u32(0), b"done".as_slice().into());
    pair.run();
    let log = log.0.lock().unwrap().clone();
    Recording {
        datagrams: pair.datagrams,
        log,
    }
}

/// What stream 0 carried, whether it ended, and how many bytes were missing.
type Content0 = BTreeMap<Direction, (Vec<u8>, bool, u64)>;

fn watch<'a>(
    log: &str,
    datagrams: impl IntoIterator<Item = &'a (Direction, Vec<u8>)>,
) -> (Content0, Connection) {
    let mut machine = Connection::new(&Arc::new(KeyLog::parse(log.as_bytes())));
    for (direction, datagram) in datagrams {
        machine.push(*direction, datagram, Timestamp(0), 1);
    }
    machine.finish();
    let mut content = Content0::new();
    while let Some(piece) = machine.poll() {
        assert_eq!(piece.stream, 0);
        let (bytes, is_over, missing) = content.entry(piece.direction).or_default();
        match piece.content {
            Content::Data { bytes: new, .. } => bytes.extend(new),
            Content::Gap { len } => *missing += len,
            Content::End => *is_over = true,
        }
    }
    (content, machine)
}

fn everything() -> Content0 {
    [
        (ToServer, (REQUEST.to_vec(), true, 0)),
        (ToClient, (answer(), true, 0)),
    ]
    .into()
}

fn recorded() -> &'static Recording {
    static RECORDED: OnceLock<Recording> = OnceLock::new();
    RECORDED.get_or_init(|| record("TLS13_AES_128", false))
}

#[test]
fn every_suite_is_read() {
    for suite in ["TLS13_AES_128", "TLS13_AES_256", "TLS13_CHACHA20"] {
        let recording = record(suite, false);
        let (content, machine) = watch(&recording.log, &recording.datagrams);
        assert!(content == everything(), "{suite}");
        assert_eq!(machine.alpn(), Some("h3"));
        assert_eq!(machine.server_name(), Some("example.com"));
        assert!(Connection::begins(&recording.datagrams[0].1));
    }
}

#[test]
fn updated_keys_are_followed() {
    let recording = record("TLS13_AES_128", true);
    let (content, _) = watch(&recording.log, &recording.datagrams);
    assert!(content == everything());
}

#[test]
fn without_keys_it_stays_closed_under_its_name() {
    let (content, machine) = watch("", &recorded().datagrams);
    assert!(content.is_empty());
    assert_eq!(machine.state(), State::Closed(Reason::NoKeys));
    assert_eq!(machine.server_name(), Some("example.com"));
}

#[test]
fn a_lost_datagram_leaves_a_gap() {
    let recording = recorded();
    let long = recording
        .datagrams
        .iter()
        .rposition(|(direction, datagram)| *direction == ToClient && datagram.len() > 1000)
        .unwrap();
    let kept = recording
        .datagrams
        .iter()
        .enumerate()
        .filter(|(at, _)| *at != long - 3)
        .map(|(_, datagram)| datagram);
    let (content, _) = watch(&recording.log, kept);
    let (bytes, _, missing) = &content[&ToClient];
    assert_eq!(bytes.len() as u64 + missing, answer().len() as u64);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn order_and_repetition_change_nothing(
        swaps in prop::collection::vec((0_usize..100, 1_usize..6), 0..30),
        repeat in any::<prop::sample::Index>(),
    ) {
        let recording = recorded();
        let mut datagrams = recording.datagrams.clone();
        datagrams.push(repeat.get(&datagrams).clone());
        for (at, by) in swaps {
            // The first flight of each side stays where it is.
            let at = 6 + at % (datagrams.len() - 12);
            datagrams.swap(at, at + by);
        }
        let (content, _) = watch(&recording.log, &datagrams);
        prop_assert!(content == everything());
    }

    #[test]
    fn damage_is_survived(at in any::<prop::sample::Index>(), flip in 1_u8..=255, cut in 0_usize..1500) {
        let recording = recorded();
        let mut datagrams = recording.datagrams.clone();
        let which = at.index(datagrams.len());
        let datagram = &mut datagrams[which].1;
        let place = at.index(datagram.len());
        datagram[place] ^= flip;
        datagram.truncate(cut.max(1));
        watch(&recording.log, &datagrams);
    }

    #[test]
    fn any_datagrams_are_answered(
        datagrams in prop::collection::vec((any::<bool>(), prop::collection::vec(any::<u8>(), 0..100)), 0..20),
    ) {
        let recording = recorded();
        let mut machine = Connection::new(&Arc::new(KeyLog::parse(recording.log.as_bytes())));
        for (direction, datagram) in recording.datagrams.iter().take(4) {
            machine.push(*direction, datagram, Timestamp(0), 1);
        }
        for (to_server, datagram) in &datagrams {
            let direction = if *to_server { ToServer } else { ToClient };
            machine.push(direction, datagram, Timestamp(0), 1);
        }
        machine.finish();
        while machine.poll().is_some() {}
    }
}
