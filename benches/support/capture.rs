//! A small seeded generator of captures: HTTP/1.1 conversations over Ethernet and IPv4, interleaved.

/// What a generated capture holds.
pub(crate) struct Capture {
    /// The pcap file.
    pub(crate) bytes: Vec<u8>,
    /// Packets in it.
    pub(crate) packets: u64,
    /// Exchanges in it.
    pub(crate) exchanges: u64,
}

/// `connections` keep-alive connections with eight exchanges each; answers carry `body` bytes.
pub(crate) fn http(connections: u16, body: usize, seed: u64) -> Capture {
    let mut writer = Writer::new();
    let mut random = Random(seed);
    let mut flows: Vec<Flow> = (0..connections).map(Flow::new).collect();
    for flow in &mut flows {
        flow.open(&mut writer);
    }
    let mut exchanges = 0;
    for _ in 0..EXCHANGES {
        for flow in &mut flows {
            flow.exchange(body / 2 + random.below(body + 1), &mut writer);
            exchanges += 1;
        }
    }
    Capture {
        bytes: writer.bytes,
        packets: writer.packets,
        exchanges,
    }
}

const EXCHANGES: usize = 8;
const SEGMENT: usize = 1448;

struct Flow {
    port: u16,
    client: u32,
    server: u32,
}

impl Flow {
    fn new(number: u16) -> Self {
        Self {
            port: 10_000 + number,
            client: 1000,
            server: 5000,
        }
    }

    fn open(&mut self, writer: &mut Writer) {
        writer.segment(self.port, true, 0x02, self.client, 0, b"");
        self.client += 1;
        writer.segment(self.port, false, 0x12, self.server, self.client, b"");
        self.server += 1;
    }

    fn exchange(&mut self, body: usize, writer: &mut Writer) {
        let request = format!(
            "GET /v1/items/{} HTTP/1.1\r\nHost: api.example.test\r\nOrigin: https://app.example.test\r\nAccept: application/json\r\n\
             Accept-Encoding: gzip, deflate, br\r\nUser-Agent: Mozilla/5.0 (X11; Linux x86_64) Gecko/20100101 Firefox/140.0\r\n\
             Sec-Fetch-Mode: cors\r\nSec-Fetch-Site: same-site\r\nConnection: keep-alive\r\n\r\n",
            self.port
        );
        writer.segment(
            self.port,
            true,
            0x18,
            self.client,
            self.server,
            request.as_bytes(),
        );
        self.client += request.len() as u32;
        let mut answer = format!(
            "HTTP/1.1 200 OK\r\nServer: nginx\r\nContent-Type: application/json\r\nContent-Length: {body}\r\n\
             Access-Control-Allow-Origin: https://app.example.test\r\nVary: Origin\r\nCache-Control: no-store\r\n\r\n"
        )
        .into_bytes();
        answer.resize(answer.len() + body, b'x');
        for part in answer.chunks(SEGMENT) {
            writer.segment(self.port, false, 0x10, self.server, self.client, part);
            self.server += part.len() as u32;
        }
        writer.segment(self.port, true, 0x10, self.client, self.server, b"");
    }
}

struct Writer {
    bytes: Vec<u8>,
    packets: u64,
}

impl Writer {
    fn new() -> Self {
        let header = b"\xd4\xc3\xb2\xa1\x02\0\x04\0\0\0\0\0\0\0\0\0\xff\xff\0\0\x01\0\0\0";
        Self {
            bytes: header.to_vec(),
            packets: 0,
        }
    }

    fn segment(
        &mut self,
        port: u16,
        to_server: bool,
        flags: u8,
        seq: u32,
        ack: u32,
        payload: &[u8],
    ) {
        let total = (40 + payload.len()) as u16;
        let length = u32::from(total) + 14;
        let micros = self.packets * 10;
        let seconds = 1_700_000_000 + (micros / 1_000_000) as u32;
        for value in [seconds, (micros % 1_000_000) as u32, length, length] {
            self.bytes.extend(value.to_le_bytes());
        }
        self.bytes.extend([2; 12]);
        self.bytes.extend([8, 0, 0x45, 0]);
        self.bytes.extend(total.to_be_bytes());
        let (ports, hosts) = if to_server {
            ([port, 80], [5, 9])
        } else {
            ([80, port], [9, 5])
        };
        self.bytes.extend([
            0, 0, 0, 0, 64, 6, 0, 0, 10, 0, 0, hosts[0], 10, 0, 0, hosts[1],
        ]);
        for port in ports {
            self.bytes.extend(port.to_be_bytes());
        }
        self.bytes.extend(seq.to_be_bytes());
        self.bytes.extend(ack.to_be_bytes());
        self.bytes.extend([0x50, flags, 1, 0, 0, 0, 0, 0]);
        self.bytes.extend(payload);
        self.packets += 1;
    }
}

/// A linear congruential generator: the same capture for the same seed, everywhere.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as usize) % bound.max(1)
    }
}
