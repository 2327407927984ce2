"""A push service on this machine. It checks each request (RFC 8030 and 8292), and misbehaves on
demand.
"""

import ssl
import time
from collections import defaultdict, deque
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from socket import AF_INET, SOCK_STREAM
from threading import Condition, Event, Thread
from typing import NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from py_vapid import Vapid, jwt

HALF_A_DAY = 12 * 3600


class Push(NamedTuple):
    path: str
    headers: dict[str, str]
    body: bytes


class PushService:
    """Serve https with a certificate for `host`. `answers` has the next answers by path. After
    these, the answer is 201.
    """

    def __init__(self, folder: Path, host: str, public_key: str, contact: str) -> None:
        self.host, self.public_key, self.contact = host, public_key, contact
        self.certificate, key = make_certificate(folder, host)
        self.answers: defaultdict[str, deque[Answer]] = defaultdict(deque)
        self.pushes: list[Push] = []
        self.faults: list[str] = []
        self.news, self.closing = Condition(), Event()
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), handler_for(self))
        self.server.daemon_threads = True
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(self.certificate, key)
        self.server.socket = tls.wrap_socket(self.server.socket, server_side=True)
        self.port = self.server.server_port
        self.addresses = [address(self.port)]  # as `socket.getaddrinfo` returns them
        Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self.closing.set()
        self.server.shutdown()
        self.server.server_close()

    def receives(self, count: int) -> list[Push]:
        """Wait until this many pushes have come."""
        with self.news:
            assert self.news.wait_for(lambda: len(self.pushes) >= count, timeout=10)
        return self.pushes

    def take(self, push: Push) -> "Answer":
        """Check and record a push, and return how to answer it."""
        self.faults += faults_of(push, self)
        answers = self.answers[push.path]
        answer = answers.popleft() if answers else status(201)
        with self.news:
            self.pushes.append(push)
            self.news.notify_all()
        return answer


def address(port: int) -> tuple[object, ...]:
    return (AF_INET, SOCK_STREAM, 6, "", ("127.0.0.1", port))


def faults_of(push: Push, service: PushService) -> list[str]:
    wanted = {"TTL": "300", "Topic": "waiting", "Urgency": "high", "Content-Length": "0"}
    wanted |= {"Host": service.host, "Accept-Encoding": "identity"}
    found = {name: value for name, value in push.headers.items() if name != "Authorization"}
    faults = [] if found == wanted else [f"headers: {found}"]
    faults += ["a body"] if push.body else []
    words = push.headers["Authorization"]
    if not Vapid.verify(words):
        return [*faults, "the signature"]
    token, key = (part.partition("=")[2] for part in words.removeprefix("vapid ").split(","))
    claims = jwt.decode(token, key)
    lasts = claims.pop("exp") - time.time()
    faults += [] if 0 < lasts <= HALF_A_DAY else [f"valid for {lasts} s"]
    faults += [] if key == service.public_key else ["another key"]
    expected = {"aud": f"https://{service.host}", "sub": service.contact}
    return faults + ([] if claims == expected else [f"claims: {claims}"])


Handler = BaseHTTPRequestHandler
Answer = Callable[[Handler, PushService], None]


def status(code: int, body: bytes = b"", **headers: str) -> Answer:
    def answer(handler: Handler, service: PushService) -> None:
        handler.send_response(code)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    return answer


def silence(handler: Handler, service: PushService) -> None:
    service.closing.wait(30)


def hang_up(handler: Handler, service: PushService) -> None:
    handler.close_connection = True


def nonsense(handler: Handler, service: PushService) -> None:
    handler.wfile.write(b"\x00\xff this is not HTTP\r\n\r\n")


def drip(handler: Handler, service: PushService) -> None:
    """Accept the push, and send a body that doesn't end."""
    handler.send_response(201)
    handler.end_headers()
    with suppress(OSError):
        while not service.closing.wait(0.1):
            handler.wfile.write(b"x")


def drip_headers(handler: Handler, service: PushService) -> None:
    """Accept the push, and send a header that doesn't end."""
    handler.wfile.write(b"HTTP/1.1 201 Created\r\nX: ")
    with suppress(OSError):
        while not service.closing.wait(0.1):
            handler.wfile.write(b"x")


def continue_for_ever(handler: Handler, service: PushService) -> None:
    with suppress(OSError):
        while not service.closing.wait(0.01):
            handler.wfile.write(b"HTTP/1.1 100 Continue\r\n\r\n")


def handler_for(service: PushService) -> type[Handler]:
    class Receiver(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
            service.take(Push(self.path, dict(self.headers), body))(self, service)

        def log_message(self, *arguments: object) -> None:
            """Print nothing."""

    return Receiver


def make_certificate(folder: Path, host: str) -> tuple[Path, Path]:
    """Write a certificate for this host that signs itself, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        .sign(key, SHA256())
    )
    files = folder / "certificate.pem", folder / "key.pem"
    files[0].write_bytes(certificate.public_bytes(Encoding.PEM))
    files[1].write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return files
