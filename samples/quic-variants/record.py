"""Records the captures of this folder. Needs aioquic, openssl and tcpdump, as root."""
import asyncio
import pathlib
import ssl
import subprocess
import sys
import tempfile

from aioquic.asyncio import QuicConnectionProtocol, serve
from aioquic.asyncio.client import connect
from aioquic.h3.connection import H3_ALPN, H3Connection
from aioquic.h3.events import DataReceived, HeadersReceived
from aioquic.quic.configuration import QuicConfiguration
from aioquic.quic.events import ProtocolNegotiated
from aioquic.quic.packet import QuicProtocolVersion as Version
from aioquic.tls import CipherSuite

HERE = pathlib.Path(__file__).parent
HOST = b"api.shop.test"


class Server(QuicConnectionProtocol):
    http = None

    def quic_event_received(self, event):
        if isinstance(event, ProtocolNegotiated):
            self.http = H3Connection(self._quic)
        for happened in self.http.handle_event(event) if self.http else []:
            if isinstance(happened, HeadersReceived):
                self.answer(happened.stream_id, dict(happened.headers))
        self.transmit()

    def answer(self, stream, fields):
        path = fields[b":path"]
        if path == b"/push":
            self.push(stream)
        size = int(path.partition(b"size=")[2] or 5)
        self.http.send_headers(stream, [(b":status", b"103"), (b"link", b"</a>; rel=preload")])
        self.http.send_headers(stream, [(b":status", b"200"), (b"access-control-allow-origin", fields[b"origin"]),
                                        (b"x-path", path), (b"vary", b"Origin")])
        self.http.send_data(stream, b"x" * size, end_stream=False)
        self.http.send_headers(stream, [(b"x-trailer", b"yes")], end_stream=True)

    def push(self, stream):
        pushed = self.http.send_push_promise(stream, [(b":method", b"GET"), (b":scheme", b"https"), (b":authority", HOST), (b":path", b"/pushed.js")])
        self.http.send_headers(pushed, [(b":status", b"200"), (b"content-type", b"text/javascript")])
        self.http.send_data(pushed, b"x" * 33, end_stream=True)


class Client(QuicConnectionProtocol):
    def __init__(self, *arguments, **options):
        super().__init__(*arguments, **options)
        self.http = H3Connection(self._quic)
        self.answered = {}

    def quic_event_received(self, event):
        for happened in self.http.handle_event(event):
            if isinstance(happened, (HeadersReceived, DataReceived)) and happened.stream_ended and happened.stream_id in self.answered:
                self.answered[happened.stream_id].set()

    async def ask(self, path, content=b""):
        stream = self._quic.get_next_available_stream_id()
        self.answered[stream] = asyncio.Event()
        self.http.send_headers(stream, [(b":method", b"PUT" if content else b"GET"), (b":scheme", b"https"), (b":authority", HOST),
                                        (b":path", path.encode()), (b"origin", b"https://app.shop.test"), (b"x-n", path.encode())], end_stream=not content)
        if content:
            self.http.send_data(stream, content, end_stream=True)
        self.transmit()
        await asyncio.wait_for(self.answered[stream].wait(), 10)


async def several(client):
    await asyncio.gather(*(client.ask(f"/a{number}") for number in range(5)))
    await client.ask("/b?size=3000", b"y" * 4000)


async def updates(client):
    for number in range(6):
        await client.ask(f"/k{number}")
        if number % 2 == 0:
            client.request_key_update()


async def migration(client):
    await client.ask("/m0")
    client.change_connection_id()
    await client.ask("/m1")
    await asyncio.get_running_loop().create_datagram_endpoint(lambda: client, local_addr=("::", 0))
    client.change_connection_id()
    await client.ask("/m2")
    await client.ask("/m3")


async def push(client):
    client.http._max_push_id = 8
    await client.ask("/push")


CASES = {
    "chacha20": {"client": {"cipher_suites": [CipherSuite.CHACHA20_POLY1305_SHA256]}},
    "early-data": {"resumes": True},
    "key-update": {"act": updates},
    "migration": {"act": migration},
    "push": {"act": push},
    "retry": {"retry": True},
    "version-1-to-2": {
        "client": {"original_version": Version.VERSION_1, "supported_versions": [Version.VERSION_2, Version.VERSION_1]},
        "server": {"supported_versions": [Version.VERSION_2, Version.VERSION_1]},
    },
}


async def record(name, port, certificate, client=None, server=None, act=several, retry=False, resumes=False):
    tcpdump = subprocess.Popen(["tcpdump", "-Z", "root", "-i", "lo", "-s", "0", "-U", "-w", HERE / f"{name}.pcap", f"udp port {port}"],
                               stderr=subprocess.DEVNULL)
    try:
        await asyncio.sleep(1)
        configuration = QuicConfiguration(is_client=False, alpn_protocols=H3_ALPN, **(server or {}))
        configuration.load_cert_chain(certificate / "certificate.pem", certificate / "key.pem")
        issued, tickets = {}, []
        running = await serve("127.0.0.1", port, configuration=configuration, create_protocol=Server, retry=retry,
                              session_ticket_fetcher=issued.get, session_ticket_handler=lambda ticket: issued.update({ticket.ticket: ticket}))
        with open(HERE / f"{name}.keys.log", "w") as keys:
            for turn in range(2 if resumes else 1):
                own = QuicConfiguration(is_client=True, alpn_protocols=H3_ALPN, verify_mode=ssl.CERT_NONE, server_name=HOST.decode(),
                                        secrets_log_file=keys, session_ticket=tickets[-1] if turn else None, **(client or {}))
                async with connect("127.0.0.1", port, configuration=own, create_protocol=Client, session_ticket_handler=tickets.append,
                                   wait_connected=not turn) as connection:
                    await act(connection)
                    await asyncio.sleep(0.2)
        running.close()
        await asyncio.sleep(1)
    finally:
        tcpdump.terminate()
        tcpdump.wait()


with tempfile.TemporaryDirectory() as folder:
    folder = pathlib.Path(folder)
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "30", "-subj", "/CN=shop.test",
                    "-keyout", folder / "key.pem", "-out", folder / "certificate.pem"], check=True, stderr=subprocess.DEVNULL)
    for place, name in enumerate(sys.argv[1:] or CASES):
        asyncio.run(record(name, 7001 + place, folder, **CASES[name]))
        print(name)
