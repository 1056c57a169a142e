"""Page and API over HTTP/3. The page itself comes from port 5173; Chromium is told to use QUIC for both hosts."""
import asyncio
import pathlib
import urllib.request

from aioquic.asyncio import QuicConnectionProtocol, serve
from aioquic.h3.connection import H3_ALPN, H3Connection
from aioquic.h3.events import HeadersReceived
from aioquic.quic.configuration import QuicConfiguration
from aioquic.quic.events import ProtocolNegotiated

CERTIFICATE = pathlib.Path(__file__).parent.parent / ".tmp" / "quic"


class Shop(QuicConnectionProtocol):
    http = None

    def quic_event_received(self, event):
        if isinstance(event, ProtocolNegotiated):
            self.http = H3Connection(self._quic)
        if self.http is None:
            return
        for happened in self.http.handle_event(event):
            if isinstance(happened, HeadersReceived):
                self.answer(happened.stream_id, dict(happened.headers))
        self.transmit()

    def answer(self, stream, fields):
        status, headers, body = (page if fields[b":authority"] == b"app.shop.test" else api)(fields)
        self.http.send_headers(stream, [(b":status", str(status).encode()), *headers])
        self.http.send_data(stream, body, end_stream=True)


def page(fields):
    try:
        with urllib.request.urlopen("http://127.0.0.1:5173" + fields[b":path"].decode()) as answer:
            return 200, [(b"content-type", b"text/html")], answer.read()
    except urllib.error.HTTPError as error:
        return error.code, [], b""


def api(fields):
    headers = [(b"access-control-allow-origin", b"https://app.shop.test")]
    if fields[b":method"] == b"OPTIONS":
        headers += [(b"access-control-allow-methods", b"GET, POST, PUT"), (b"access-control-allow-headers", b"Content-Type")]
        return 204, headers, b""
    return 200, [*headers, (b"content-type", b"application/json")], b'{"done": true}\n'


async def main():
    configuration = QuicConfiguration(is_client=False, alpn_protocols=H3_ALPN)
    configuration.load_cert_chain(CERTIFICATE / "certificate.pem", CERTIFICATE / "key.pem")
    await serve("127.0.0.1", 443, configuration=configuration, create_protocol=Shop)
    # Nobody can see from outside when a UDP port is ready; the TCP port of the same number says so.
    await asyncio.start_server(lambda reader, writer: writer.close(), "127.0.0.1", 443)
    await asyncio.Future()


asyncio.run(main())
