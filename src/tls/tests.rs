//! Sessions of a real TLS library in memory, and damage done to them.

use super::{KeyLog, Plain, Reason, Session, State};
use crate::net::{Chunk, Direction};
use crate::time::Timestamp;
use Direction::{ToClient, ToServer};
use proptest::prelude::*;
use rustls::crypto::ring;
use rustls::pki_types::PrivateKeyDer;
use rustls::{
    ClientConfig, ClientConnection, ServerConfig, ServerConnection, SupportedCipherSuite,
};
use std::io::{Read, Write};
use std::sync::{Arc, Mutex, OnceLock};

/// A recorded connection.
#[derive(Debug, Clone, Default)]
struct Recording {
    /// What each side sent, flight by flight.
    flights: Vec<(Direction, Vec<u8>)>,
    log: String,
}

const REQUEST: &[u8] = b"GET / HTTP/1.1\r\nHost: example.com\r\n\r\n";

/// An answer of several records.
fn answer() -> Vec<u8> {
    (0..50_000_u32).map(|n| (n % 251) as u8).collect()
}

#[derive(Debug, Default)]
struct Log(Mutex<String>);

impl rustls::KeyLog for Log {
    fn log(&self, label: &str, random: &[u8], secret: &[u8]) {
        let hex = |bytes: &[u8]| -> String { bytes.iter().map(|b| format!("{b:02x}")).collect() };
        let line = format!("{label} {} {}\n", hex(random), hex(secret));
        self.0.lock().unwrap().push_str(&line);
    }
}

/// Configurations of both sides; sessions are resumed when they are used again.
fn configs(suite: SupportedCipherSuite) -> (Arc<ClientConfig>, Arc<ServerConfig>, Arc<Log>) {
    static CERTIFICATE: OnceLock<(rcgen::Certificate, Vec<u8>)> = OnceLock::new();
    let (certificate, key) = CERTIFICATE.get_or_init(|| {
        let made = rcgen::generate_simple_self_signed(vec!["example.com".into()]).unwrap();
        (made.cert, made.signing_key.serialize_der())
    });
    let provider = Arc::new(rustls::crypto::CryptoProvider {
        cipher_suites: vec![suite],
        ..ring::default_provider()
    });
    let log = Arc::new(Log::default());
    let versions = [suite.version()];
    let mut roots = rustls::RootCertStore::empty();
    roots.add(certificate.der().clone()).unwrap();
    let mut client = ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_protocol_versions(&versions)
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    client.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    client.key_log = Arc::clone(&log) as Arc<dyn rustls::KeyLog>;
    client.enable_early_data = true;
    let key = PrivateKeyDer::try_from(key.clone()).unwrap();
    let mut server = ServerConfig::builder_with_provider(provider)
        .with_protocol_versions(&versions)
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], key)
        .unwrap();
    server.alpn_protocols = vec![b"http/1.1".to_vec()];
    server.max_early_data_size = 16_384;
    (Arc::new(client), Arc::new(server), log)
}

fn connect(
    (client, server, log): &(Arc<ClientConfig>, Arc<ServerConfig>, Arc<Log>),
    updates_keys: bool,
) -> Recording {
    let mut recording = Recording::default();
    let name = "example.com".try_into().unwrap();
    let mut client = ClientConnection::new(Arc::clone(client), name).unwrap();
    let mut server = ServerConnection::new(Arc::clone(server)).unwrap();
    if let Some(mut early) = client.early_data() {
        early.write_all(b"early ").unwrap();
    }
    exchange(&mut client, &mut server, &mut recording);
    client.writer().write_all(REQUEST).unwrap();
    exchange(&mut client, &mut server, &mut recording);
    if updates_keys {
        server.refresh_traffic_keys().unwrap();
    }
    server.writer().write_all(&answer()).unwrap();
    exchange(&mut client, &mut server, &mut recording);
    client.writer().write_all(REQUEST).unwrap();
    client.send_close_notify();
    exchange(&mut client, &mut server, &mut recording);
    recording.log = log.0.lock().unwrap().clone();
    recording
}

/// Carries bytes until both sides are silent.
fn exchange(client: &mut ClientConnection, server: &mut ServerConnection, to: &mut Recording) {
    loop {
        let mut up = Vec::new();
        while client.wants_write() {
            client.write_tls(&mut up).unwrap();
        }
        let mut rest = up.as_slice();
        while !rest.is_empty() {
            server.read_tls(&mut rest).unwrap();
            server.process_new_packets().unwrap();
        }
        let mut down = Vec::new();
        while server.wants_write() {
            server.write_tls(&mut down).unwrap();
        }
        let mut rest = down.as_slice();
        while !rest.is_empty() {
            client.read_tls(&mut rest).unwrap();
            client.process_new_packets().unwrap();
            let _ = client.reader().read(&mut [0; 1 << 16]);
        }
        if up.is_empty() && down.is_empty() {
            return;
        }
        to.flights.extend([(ToServer, up), (ToClient, down)]);
    }
}

/// The content of both directions; gaps become `Err`.
type Content = Vec<Result<Vec<u8>, u64>>;

fn joined(session: &mut Session, to_server: &mut Content, to_client: &mut Content) {
    while let Some((direction, plain)) = session.poll() {
        let content = match direction {
            ToServer => &mut *to_server,
            ToClient => &mut *to_client,
        };
        match (plain, content.last_mut()) {
            (Plain::Data { bytes, .. }, Some(Ok(before))) => before.extend(bytes),
            (Plain::Data { bytes, .. }, _) => content.push(Ok(bytes)),
            (Plain::Gap { len }, _) => content.push(Err(len)),
        }
    }
}

fn watch(recording: &Recording, size: usize) -> (Content, Content, Session) {
    let log = Arc::new(KeyLog::parse(recording.log.as_bytes()));
    let mut session = Session::new(&log);
    let (mut to_server, mut to_client) = (Vec::new(), Vec::new());
    for (direction, flight) in &recording.flights {
        for bytes in flight.chunks(size) {
            session.push(*direction, data(bytes));
        }
        joined(&mut session, &mut to_server, &mut to_client);
    }
    (to_server, to_client, session)
}

fn data(bytes: &[u8]) -> Chunk<'_> {
    Chunk::Data {
        bytes,
        at: Timestamp(0),
        frame: 1,
    }
}

/// All suites of the library but those for RSA certificates, which protect records no differently.
fn suites() -> impl Iterator<Item = SupportedCipherSuite> {
    ring::ALL_CIPHER_SUITES
        .iter()
        .copied()
        .filter(|suite| !format!("{suite:?}").contains("ECDHE_RSA"))
}

fn suite(name: &str) -> SupportedCipherSuite {
    suites()
        .find(|suite| format!("{suite:?}").contains(name))
        .unwrap()
}

/// The same recording without `lost` bytes, from byte `at` on, of the longest flight, the answer.
fn watch_with_gap(recording: &Recording, at: usize, lost: usize) -> (Content, Content) {
    let log = Arc::new(KeyLog::parse(recording.log.as_bytes()));
    let mut session = Session::new(&log);
    let (mut to_server, mut to_client) = (Vec::new(), Vec::new());
    for (direction, flight) in &recording.flights {
        if flight.len() > 40_000 {
            session.push(*direction, data(&flight[..at]));
            session.push(*direction, Chunk::Gap { len: lost as u64 });
            session.push(*direction, data(&flight[at + lost..]));
        } else {
            session.push(*direction, data(flight));
        }
    }
    joined(&mut session, &mut to_server, &mut to_client);
    (to_server, to_client)
}

#[test]
fn every_suite_of_the_library_is_read() {
    assert_eq!(suites().count(), 6);
    for suite in suites() {
        let recording = connect(&configs(suite), false);
        let (to_server, to_client, session) = watch(&recording, 1000);
        assert_eq!(session.state(), State::Open, "{suite:?}");
        assert_eq!(to_server, [Ok([REQUEST, REQUEST].concat())], "{suite:?}");
        assert_eq!(to_client, [Ok(answer())], "{suite:?}");
        assert_eq!(session.alpn(), Some("http/1.1"));
        assert_eq!(session.server_name(), Some("example.com"));
    }
}

#[test]
fn a_resumed_session_with_early_data_is_read() {
    let configs = configs(suite("TLS13_AES_256"));
    connect(&configs, false);
    let recording = connect(&configs, false);
    assert!(recording.log.contains("CLIENT_EARLY_TRAFFIC_SECRET"));
    let (to_server, to_client, _) = watch(&recording, 100);
    assert_eq!(to_server, [Ok([b"early ", REQUEST, REQUEST].concat())]);
    assert_eq!(to_client, [Ok(answer())]);
}

#[test]
fn early_data_without_its_secret_is_passed_over() {
    let configs = configs(suite("TLS13_AES_256"));
    connect(&configs, false);
    let mut recording = connect(&configs, false);
    let kept = |line: &&str| !line.starts_with("CLIENT_EARLY_TRAFFIC_SECRET");
    recording.log = recording
        .log
        .lines()
        .filter(kept)
        .collect::<Vec<_>>()
        .join("\n");
    let (to_server, ..) = watch(&recording, 100);
    assert_eq!(to_server, [Ok([REQUEST, REQUEST].concat())]);
}

#[test]
fn handshake_secrets_are_not_needed() {
    let mut recording = connect(&configs(suite("TLS13_CHACHA20")), false);
    let kept = |line: &&str| !line.contains("HANDSHAKE");
    recording.log = recording
        .log
        .lines()
        .filter(kept)
        .collect::<Vec<_>>()
        .join("\n");
    let (to_server, to_client, session) = watch(&recording, 1000);
    assert_eq!(to_server, [Ok([REQUEST, REQUEST].concat())]);
    assert_eq!(to_client, [Ok(answer())]);
    assert_eq!(session.alpn(), None);
}

#[test]
fn updated_keys_are_followed() {
    let recording = connect(&configs(suite("TLS13_AES_128")), true);
    let (_, to_client, _) = watch(&recording, 1000);
    assert_eq!(to_client, [Ok(answer())]);
}

#[test]
fn a_loss_costs_the_records_it_touches_and_its_length_is_told() {
    for suite in suites() {
        let recording = connect(&configs(suite), false);
        for (at, lost) in [
            (17_000, 10),
            (17_000, 15_000),
            (17_000, 25_000),
            (32_000, 1500),
        ] {
            let (_, to_client) = watch_with_gap(&recording, at, lost);
            let [Ok(before), Err(missing), Ok(after)] = to_client.as_slice() else {
                panic!("{suite:?} {at} {lost}: {} pieces", to_client.len());
            };
            let missing = usize::try_from(*missing).unwrap();
            let resumed = before.len() + missing;
            assert!(answer().starts_with(before));
            assert_eq!(&answer()[resumed..], after, "{suite:?} {at} {lost}");
        }
    }
}

#[test]
fn a_key_update_that_was_lost_is_made_up_for() {
    let recording = connect(&configs(suite("TLS13_AES_128")), true);
    // The update is the first record of the flight: 5 + 5 + 1 + 16 bytes.
    let (_, to_client) = watch_with_gap(&recording, 0, 27);
    let Some(Ok(content)) = to_client.last() else {
        panic!("nothing opened")
    };
    assert_eq!(content, &answer());
}

#[test]
fn closed_sessions_say_why() {
    let recording = connect(&configs(suite("TLS13_AES_128")), false);
    let state = |change: &dyn Fn(&mut Recording)| {
        let mut recording = recording.clone();
        change(&mut recording);
        let (to_server, to_client, session) = watch(&recording, 1000);
        assert!(to_server.is_empty() && to_client.is_empty());
        session.state()
    };
    assert_eq!(
        state(&|recording| recording.log.clear()),
        State::Closed(Reason::NoKeys)
    );
    assert_eq!(
        state(&|recording| {
            recording.flights.drain(..4);
        }),
        State::Closed(Reason::MidStream)
    );
    assert_eq!(
        state(&|recording| {
            recording.flights.remove(1);
        }),
        State::Closed(Reason::HandshakeLost)
    );
    assert_eq!(
        state(&|recording| recording.flights.truncate(1)),
        State::Opening
    );
}

#[test]
fn the_name_of_a_closed_session_is_known() {
    let mut recording = connect(&configs(suite("ECDHE_ECDSA_WITH_AES_128")), false);
    recording.log.clear();
    let (.., session) = watch(&recording, 1000);
    assert_eq!(session.server_name(), Some("example.com"));
}

#[test]
fn records_that_come_before_the_other_hello_wait() {
    for name in ["TLS13_AES_128", "ECDHE_ECDSA_WITH_AES_128"] {
        let mut recording = connect(&configs(suite(name)), false);
        recording.flights.sort_by_key(|(direction, _)| *direction);
        let (to_server, to_client, _) = watch(&recording, 1000);
        assert_eq!(to_server, [Ok([REQUEST, REQUEST].concat())]);
        assert_eq!(to_client, [Ok(answer())]);
    }
}

fn recorded() -> &'static [Recording; 2] {
    static RECORDED: OnceLock<[Recording; 2]> = OnceLock::new();
    RECORDED.get_or_init(|| {
        ["TLS13_AES_128", "ECDHE_ECDSA_WITH_CHACHA20"]
            .map(|name| connect(&configs(suite(name)), false))
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn chunking_changes_nothing(size in 1_usize..3000, which in 0_usize..2) {
        let recording = &recorded()[which];
        let (to_server, to_client, _) = watch(recording, size);
        prop_assert_eq!(to_server, [Ok([REQUEST, REQUEST].concat())]);
        prop_assert_eq!(to_client, [Ok(answer())]);
    }

    #[test]
    fn damage_never_makes_wrong_content(
        at in any::<prop::sample::Index>(),
        flip in 1_u8..=255,
        which in 0_usize..2,
    ) {
        let mut recording = recorded()[which].clone();
        let flight = at.index(recording.flights.len());
        let bytes = &mut recording.flights[flight].1;
        if !bytes.is_empty() {
            let place = at.index(bytes.len());
            bytes[place] ^= flip;
        }
        let (_, to_client, _) = watch(&recording, 1500);
        for piece in to_client.iter().flatten() {
            let answer = answer();
            prop_assert!(answer.windows(piece.len()).any(|window| window == piece));
        }
    }

    #[test]
    fn any_bytes_are_answered(
        parts in prop::collection::vec((any::<bool>(), prop::collection::vec(any::<u8>(), 0..100)), 0..20),
        starts_well in any::<bool>(),
    ) {
        let recording = &recorded()[0];
        let mut session = Session::new(&Arc::new(KeyLog::parse(recording.log.as_bytes())));
        if starts_well {
            for (direction, flight) in recording.flights.iter().take(3) {
                session.push(*direction, data(flight));
            }
        }
        for (to_server, bytes) in &parts {
            let direction = if *to_server { ToServer } else { ToClient };
            session.push(direction, data(bytes));
            session.push(direction, Chunk::Gap { len: bytes.len() as u64 });
        }
        while session.poll().is_some() {}
    }
}
