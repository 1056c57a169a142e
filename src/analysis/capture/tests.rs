//! Whole captures, made packet by packet: order, damage, live input, files in a row.

use super::*;
use crate::analysis::testing::{self, Taken};
use crate::caveat::CaveatKind;
use crate::http::Exchange;
use crate::input::Format;
use proptest::prelude::*;
use std::io::Read;
use std::path::PathBuf;

const SYN: u8 = 0x02;
const ACK: u8 = 0x10;
const FIN: u8 = 0x11;

/// A pcap file of raw IPv4 packets, one millisecond apart.
#[derive(Default)]
struct File {
    packets: Vec<Vec<u8>>,
}

impl File {
    /// Adds a segment between client port `port` and the server.
    fn segment(&mut self, port: u16, to_server: bool, flags: u8, seq: u32, ack: u32, text: &str) {
        let (ports, hosts) = match to_server {
            true => ([port, 80], [5, 9]),
            false => ([80, port], [9, 5]),
        };
        let total = u16::try_from(40 + text.len()).unwrap();
        let mut packet = vec![0x45, 0];
        packet.extend(total.to_be_bytes());
        packet.extend([
            0, 0, 0, 0, 64, 6, 0, 0, 10, 0, 0, hosts[0], 10, 0, 0, hosts[1],
        ]);
        packet.extend(ports[0].to_be_bytes());
        packet.extend(ports[1].to_be_bytes());
        packet.extend(seq.to_be_bytes());
        packet.extend(ack.to_be_bytes());
        packet.extend([0x50, flags, 1, 0, 0, 0, 0, 0]);
        packet.extend(text.as_bytes());
        self.packets.push(packet);
    }

    /// A whole connection: open, one exchange, close.
    fn connection(&mut self, port: u16, isn: u32, path: &str, status: u16) {
        self.answered_connection(port, (isn, 500), path, status);
    }

    /// The same with both initial sequence numbers.
    fn answered_connection(&mut self, port: u16, isns: (u32, u32), path: &str, status: u16) {
        let (isn, answer_isn) = isns;
        let request =
            format!("GET {path} HTTP/1.1\r\nHost: a.test\r\nOrigin: http://b.test\r\n\r\n");
        let answer = format!("HTTP/1.1 {status} X\r\nContent-Length: 2\r\n\r\nok");
        let (seq, ack) = (isn.wrapping_add(1), answer_isn + 1);
        let after = seq.wrapping_add(u32::try_from(request.len()).unwrap());
        let end = ack + u32::try_from(answer.len()).unwrap();
        self.segment(port, true, SYN, isn, 0, "");
        self.segment(port, false, SYN | ACK, answer_isn, seq, "");
        self.segment(port, true, ACK, seq, ack, &request);
        self.segment(port, false, ACK, ack, after, &answer);
        self.segment(port, true, FIN, after, end, "");
        self.segment(port, false, FIN, end, after.wrapping_add(1), "");
        self.segment(port, true, ACK, after.wrapping_add(1), end + 1, "");
    }

    fn bytes(&self) -> Vec<u8> {
        let mut file =
            b"\xd4\xc3\xb2\xa1\x02\0\x04\0\0\0\0\0\0\0\0\0\xff\xff\0\0\x65\0\0\0".to_vec();
        for (index, packet) in self.packets.iter().enumerate() {
            let micros = u32::try_from(index).unwrap() * 1000;
            let length = u32::try_from(packet.len()).unwrap();
            for value in [
                1_700_000_000 + micros / 1_000_000,
                micros % 1_000_000,
                length,
                length,
            ] {
                file.extend(value.to_le_bytes());
            }
            file.extend(packet);
        }
        file
    }
}

/// Gives out a file in pieces, as a pipe does.
struct Pieces {
    bytes: Vec<u8>,
    at: usize,
    piece: usize,
}

impl Read for Pieces {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let len = rest.len().min(self.piece).min(buffer.len());
        buffer[..len].copy_from_slice(&rest[..len]);
        self.at += len;
        Ok(len)
    }
}

#[derive(Debug, Default, PartialEq)]
struct Result_ {
    taken: Taken,
    counts: Option<Counts>,
    error: Option<String>,
}

fn analyse(bytes: &[u8], piece: usize, limits: &crate::limits::Limits) -> Result_ {
    let mut result = Result_::default();
    let input = Pieces {
        bytes: bytes.to_vec(),
        at: 0,
        piece,
    };
    let opened = testing::opened("x.pcap", Format::Pcap, input);
    match testing::run(run, opened, Interest::All, limits, &mut result.taken) {
        Ok(counts) => result.counts = Some(counts),
        Err(Stop::Input(error)) => result.error = Some(error.to_string()),
        Err(Stop::Output(error)) => panic!("{error}"),
    }
    result
}

fn analyse_whole(bytes: &[u8]) -> Result_ {
    analyse(bytes, usize::MAX, &crate::limits::Limits::default())
}

fn lines(result: &Result_) -> Vec<String> {
    let line = |exchange: &Exchange| {
        let status = exchange
            .status()
            .map_or("-".to_owned(), |status| status.to_string());
        format!("{} {} {status}", exchange.locator, exchange.url())
    };
    result.taken.exchanges.iter().map(line).collect()
}

#[test]
fn a_connection_gives_its_exchange_with_the_places_of_both_messages() {
    let mut file = File::default();
    file.connection(5000, 100, "/1", 200);
    let result = analyse_whole(&file.bytes());
    assert_eq!(
        lines(&result),
        ["tcp.stream 0, frame 3 http://a.test/1 200"]
    );
    assert_eq!(result.taken.exchanges[0].source, SourceId(7));
    let counts = result.counts.unwrap();
    assert_eq!(
        (counts.packets, counts.connections, counts.exchanges),
        (7, 1, 1)
    );
    assert_eq!(result.taken.caveats, []);
}

#[test]
fn the_same_ports_used_again_are_another_stream() {
    let mut file = File::default();
    file.connection(5000, u32::MAX - 3, "/1", 200);
    file.connection(5000, 9_000_000, "/2", 404);
    assert_eq!(
        lines(&analyse_whole(&file.bytes())),
        [
            "tcp.stream 0, frame 3 http://a.test/1 200",
            "tcp.stream 1, frame 10 http://a.test/2 404"
        ]
    );
}

#[test]
fn a_connection_seen_again_behind_address_translation_counts_once() {
    let mut file = File::default();
    file.answered_connection(5000, (9_000_000, 7_000_000), "/1", 200);
    // Another source port, as masquerading gives.
    let mut behind = File::default();
    behind.answered_connection(61_000, (9_000_000, 7_000_000), "/1", 200);
    let both = file.packets.into_iter().zip(behind.packets);
    file.packets = both.flat_map(|(packet, copy)| [packet, copy]).collect();
    let result = analyse_whole(&file.bytes());
    assert_eq!(
        lines(&result),
        ["tcp.stream 0, frame 5 http://a.test/1 200"]
    );
    let counts = result.counts.unwrap();
    let translated = "connection captured twice: again with translated addresses";
    assert_eq!(counts.skipped[translated], 1);
}

#[test]
fn a_connection_that_was_replayed_with_other_addresses_is_another() {
    let mut file = File::default();
    file.answered_connection(5000, (9_000_000, 7_000_000), "/1", 200);
    file.answered_connection(61_000, (9_000_000, 7_000_000), "/1", 200);
    assert_eq!(lines(&analyse_whole(&file.bytes())).len(), 2);
}

#[test]
fn packets_seen_on_two_interfaces_count_once() {
    let mut file = File::default();
    file.answered_connection(5000, (9_000_000, 7_000_000), "/1", 200);
    file.packets = file
        .packets
        .iter()
        .flat_map(|packet| [packet.clone(), packet.clone()])
        .collect();
    let result = analyse_whole(&file.bytes());
    assert_eq!(
        lines(&result),
        ["tcp.stream 0, frame 5 http://a.test/1 200"]
    );
    assert_eq!(result.taken.caveats, []);
}

#[test]
fn a_lost_packet_is_told_and_costs_only_its_own_answer() {
    let mut file = File::default();
    file.connection(5000, 100, "/1", 200);
    file.packets.remove(3);
    let result = analyse_whole(&file.bytes());
    assert_eq!(lines(&result), ["tcp.stream 0, frame 3 http://a.test/1 -"]);
    assert_eq!(result.taken.caveats[0].kind, CaveatKind::Gap);
}

#[test]
fn a_client_that_leaves_with_the_answer_has_it_though_it_waits_behind_a_hole() {
    let get = |path: &str| {
        format!("GET {path} HTTP/1.1\r\nHost: a.test\r\nOrigin: http://b.test\r\n\r\n")
    };
    let answer = "HTTP/1.1 200 X\r\nContent-Length: 2\r\n\r\nok";
    let (one, two) = (get("/1"), get("/2"));
    let of = |text: &str| u32::try_from(text.len()).unwrap();
    let mut file = File::default();
    file.segment(40_000, true, SYN, 0, 0, "");
    file.segment(40_000, false, SYN | ACK, 500, 1, "");
    file.segment(40_000, true, ACK, 1, 501, &one);
    // The first answer is lost.
    let (seq, ack) = (1 + of(&one), 501 + of(answer));
    file.segment(40_000, true, ACK, seq, ack, &two);
    let seq = seq + of(&two);
    file.segment(40_000, false, ACK, ack, seq, answer);
    file.segment(40_000, true, FIN, seq, ack + of(answer), "");
    let result = analyse_whole(&file.bytes());
    assert_eq!(lines(&result).len(), 2);
    let second = &result.taken.exchanges[1];
    assert_eq!(second.status(), Some(200));
    assert!(!second.caveats.contains(CaveatKind::ClientClosed));
}

#[test]
fn heads_that_never_end_are_given_up_when_they_fill_the_memory() {
    let mut file = File::default();
    file.segment(5000, true, SYN, 100, 0, "");
    file.segment(5000, true, ACK, 101, 501, "GET /1 HTTP/1.1\r\nX: ");
    file.segment(5000, true, ACK, 121, 501, &"y".repeat(400));
    file.connection(5001, 100, "/2", 200);
    let limits = crate::limits::Limits {
        partial_heads: 300 * batch::SHARDS,
        ..Default::default()
    };
    let result = analyse(&file.bytes(), usize::MAX, &limits);
    assert_eq!(
        lines(&result),
        ["tcp.stream 1, frame 6 http://a.test/2 200"]
    );
    let kinds: Vec<_> = result.taken.caveats.iter().map(|note| note.kind).collect();
    assert!(kinds.contains(&CaveatKind::LimitReached), "{kinds:?}");
}

#[test]
fn a_cut_file_gives_what_came_before() {
    let mut file = File::default();
    file.connection(5000, 100, "/1", 200);
    file.connection(5001, 100, "/2", 200);
    let mut bytes = file.bytes();
    bytes.truncate(bytes.len() - 200);
    let result = analyse_whole(&bytes);
    assert_eq!(result.taken.exchanges.len(), 2);
    assert!(
        result
            .taken
            .caveats
            .iter()
            .any(|note| note.kind == CaveatKind::TruncatedFile)
    );
}

#[test]
fn findings_of_a_live_capture_do_not_wait_for_the_next_packet() {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    /// Notes, when more is asked for than is there, how much is given out while nothing follows.
    struct Live(Pieces, Arc<AtomicUsize>, Arc<AtomicUsize>);
    impl Read for Live {
        fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
            let read = self.0.read(buffer)?;
            if read == 0 {
                let is_given = |_: &u32| self.1.load(Ordering::SeqCst) > 0;
                let wait = |_| std::thread::sleep(std::time::Duration::from_millis(1));
                (0..10_000)
                    .take_while(|round| !is_given(round))
                    .for_each(wait);
                self.2
                    .store(self.1.load(Ordering::SeqCst), Ordering::SeqCst);
            }
            Ok(read)
        }
    }
    let mut file = File::default();
    file.connection(5000, 100, "/1", 200);
    let (given, seen) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let pieces = Pieces {
        bytes: file.bytes(),
        at: 0,
        piece: 100,
    };
    let live = Live(pieces, Arc::clone(&given), Arc::clone(&seen));
    struct Counting(Arc<AtomicUsize>);
    impl Receiver for Counting {
        fn exchange(&mut self, _exchange: std::sync::Arc<Exchange>) {
            self.0.fetch_add(1, Ordering::SeqCst);
        }
        fn caveat(&mut self, _caveat: Caveat) {}
        fn pause(&mut self, _position: u64) -> io::Result<()> {
            Ok(())
        }
    }
    let opened = testing::opened("-", Format::Pcap, live);
    testing::run(
        run,
        opened,
        Interest::All,
        &crate::limits::Limits::default(),
        &mut Counting(given),
    )
    .unwrap();
    assert_eq!(seen.load(Ordering::SeqCst), 1);
}

#[test]
fn what_is_no_capture_is_an_error() {
    let error = analyse_whole(b"GIF89a").error.unwrap();
    assert!(
        error.starts_with("x.pcap: not a readable packet capture"),
        "{error}"
    );
    assert_eq!(
        analyse_whole(b"").error.unwrap(),
        "x.pcap: is empty; expected a HAR file, a pcap or a pcapng capture"
    );
}

#[test]
fn flows_run_on_from_one_file_of_a_rotated_capture_to_the_next() {
    let mut file = File::default();
    file.connection(5000, 100, "/1", 200);
    let second = File {
        packets: file.packets.split_off(3),
    };
    let mut taken = Taken::default();
    let mut capture = Capture::new(&Options::default(), Interest::All, &Arc::default());
    for (part, id) in [(&file, 0), (&second, 1)] {
        let input = std::io::Cursor::new(part.bytes());
        let opened = testing::opened("part", Format::Pcap, input);
        capture.read(opened, SourceId(id), &mut taken).unwrap();
    }
    capture.finish(&mut taken);
    let exchanges = taken.exchanges;
    assert_eq!(exchanges.len(), 1);
    assert_eq!(exchanges[0].status(), Some(200));
}

#[test]
fn one_packet_with_a_wrong_time_ends_no_connection() {
    let mut file = File::default();
    file.connection(5000, 100, "/1", 200);
    file.segment(6000, true, SYN, 1, 0, "");
    let stray = file.packets.pop().unwrap();
    file.packets.insert(3, stray);
    let mut bytes = file.bytes();
    // The fourth record, behind two empty segments and the request.
    let request = file.packets[2].len();
    let at = 24 + 3 * 16 + 40 + 40 + request;
    bytes[at..at + 4].copy_from_slice(&u32::MAX.to_le_bytes());
    assert_eq!(
        lines(&analyse_whole(&bytes)),
        ["tcp.stream 0, frame 3 http://a.test/1 200"]
    );
}

#[test]
fn connections_that_are_idle_for_long_are_over() {
    let mut file = File::default();
    file.connection(5000, 100, "/1", 200);
    // The answer never comes.
    file.packets.truncate(3);
    // Times are told apart by the second.
    for port in 6000..9000 {
        file.segment(port, true, SYN, 1, 0, "");
    }
    let late = "GET /2 HTTP/1.1\r\nHost: a.test\r\n\r\n";
    file.segment(5000, true, ACK, 900, 600, late);
    let limits = crate::limits::Limits {
        idle: std::time::Duration::from_millis(4),
        ..Default::default()
    };
    let result = analyse(&file.bytes(), usize::MAX, &limits);
    assert_eq!(
        lines(&result),
        [
            "tcp.stream 0, frame 3 http://a.test/1 -",
            "tcp.stream 3001, frame 3004 http://a.test/2 -"
        ]
    );
}

#[test]
fn a_flood_of_half_open_connections_costs_no_state_and_hides_nothing() {
    let mut file = File::default();
    for port in 10_000..30_000 {
        file.segment(port, true, SYN, 1, 0, "");
    }
    file.connection(5000, 100, "/1", 200);
    let limits = crate::limits::Limits {
        flows: 1000,
        ..Default::default()
    };
    let result = analyse(&file.bytes(), usize::MAX, &limits);
    assert_eq!(
        lines(&result),
        ["tcp.stream 20000, frame 20003 http://a.test/1 200"]
    );
    assert!(
        result
            .counts
            .unwrap()
            .skipped
            .contains_key("connection given up: too many at once")
    );
}

#[test]
fn any_number_of_threads_gives_the_same() {
    let mut file = File::default();
    for round in 0..600u16 {
        file.connection(
            5000 + round % 97,
            100 * u32::from(round),
            &format!("/{round}"),
            200,
        );
    }
    let bytes = file.bytes();
    let with_threads = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
        pool.unwrap().install(|| analyse_whole(&bytes))
    };
    let one = with_threads(1);
    assert_eq!(one.taken.exchanges.len(), 600);
    assert_eq!(one, with_threads(3));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Order within reason, losses, repetition and the size of reads: the run never fails, and reads do not matter.
    #[test]
    fn damaged_captures_are_survived_and_reads_do_not_matter(
        seed in proptest::collection::vec((0u8..6, 0usize..60), 0..12),
        piece in 1usize..900,
        noise in proptest::collection::vec((0usize..6000, any::<u8>()), 0..3),
    ) {
        let mut file = File::default();
        for index in 0..8u16 {
            file.connection(5000 + index % 5, 7000 * u32::from(index), &format!("/{index}"), 200);
        }
        for (what, at) in seed {
            let at = at % file.packets.len();
            match what {
                0 | 1 => { file.packets.remove(at); }
                2 => { let copy = file.packets[at].clone(); file.packets.insert(at, copy); }
                _ if at > 0 => file.packets.swap(at, at - 1),
                _ => {}
            }
        }
        let mut bytes = file.bytes();
        for (at, byte) in noise {
            if let Some(place) = bytes.get_mut(24 + at) {
                *place = byte;
            }
        }
        let whole = analyse_whole(&bytes);
        prop_assert_eq!(whole, analyse(&bytes, piece, &crate::limits::Limits::default()));
    }
}

/// Other projects' captures, where they are at hand: none may make the run fail in an unforeseen way, and small reads
/// and single threads must give the same as large reads.
#[test]
fn captures_of_other_projects_read_the_same_in_small_pieces() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/captures/captures");
    let Ok(sources) = std::fs::read_dir(&folder) else {
        eprintln!("skipped: {} is not there", folder.display());
        return;
    };
    let mut files: Vec<PathBuf> = sources
        .flatten()
        .filter_map(|source| std::fs::read_dir(source.path()).ok())
        .flat_map(|files| files.flatten().map(|file| file.path()))
        .collect();
    files.sort();
    for path in files {
        let bytes = std::fs::read(&path).unwrap();
        if bytes.len() > 200_000 {
            continue;
        }
        let small = analyse(&bytes, 1000, &crate::limits::Limits::default());
        assert_eq!(analyse_whole(&bytes), small, "{}", path.display());
    }
}
