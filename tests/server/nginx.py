"""Run nginx with deploy/nginx.conf in front of our servers."""

import datetime
import getpass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from tests.support import engines
from tests.support.fresh_copy import ROOT
from tests.support.programs import HOST, Program, listens
from tests.support.servers import free_port

CONFIGURATION = ROOT / "deploy" / "nginx.conf"


class Nginx(Program):
    """Forward to `ports` in turn. Use plain http for browsers, or TLS with `secure=True`."""

    def __init__(self, *ports: int, secure: bool = False) -> None:
        super().__init__()
        self.url = f"{'https' if secure else 'http'}://localhost:{self.port}"
        self.plain_port = free_port()
        self.file = self.folder / "nginx.conf"
        self.file.write_text(self.render(ports, secure=secure))

    def render(self, ports: tuple[int, ...], *, secure: bool) -> str:
        """Return the delivered file with the paths and addresses of this machine."""
        text = CONFIGURATION.read_text()
        text = exchange(text, "user www-data;", f"user {getpass.getuser()};")
        text = exchange(text, "/run/nginx.pid", str(self.folder / "nginx.pid"))
        text = exchange(text, "http {\n", f"http {{\n{self.places()}")
        text = exchange(text, f"server {HOST}:8002 max_fails=0; # <- change\n", "")
        lines = (f"server {HOST}:{port} max_fails=0;" for port in ports)
        text = exchange(text, f"server {HOST}:8001 max_fails=0;", "\n".join(lines))
        text = exchange(text, "listen 80;", f"listen {HOST}:{self.plain_port};")
        tls = " ssl" if secure else ""
        text = exchange(text, "listen 443 ssl;", f"listen {HOST}:{self.port}{tls};")
        if secure:
            write_certificate(self.folder)
        for name in ("ssl_certificate /etc/ssl/sotto", "ssl_certificate_key /etc/ssl/sotto"):
            place = f"{name.split()[0]} {self.folder}"
            text = exchange(text, name, place if secure else f"# {place}")
        return text

    def places(self) -> str:
        """Return the directories that nginx creates at its start."""
        kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        return "".join(f"{kind}_temp_path {self.folder / kind};\n" for kind in kinds)

    def command(self, *words: str) -> list[str]:
        place = ["-p", str(self.folder), "-c", str(self.file)]
        return [engines.program("nginx"), *place, *(words or ("-g", "daemon off;"))]

    def answers(self) -> bool:
        return listens(self.port)


def exchange(text: str, old: str, new: str) -> str:
    assert text.count(old) == 1, f"{old!r} is {text.count(old)} times in {CONFIGURATION.name}"
    return text.replace(old, new)


def write_certificate(folder: Path) -> None:
    """Write a self-signed certificate for localhost that is valid for a day."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.datetime.now(datetime.UTC).replace(tzinfo=None)  # certificates have no zones
    names = x509.SubjectAlternativeName([x509.DNSName("localhost")])
    serial, tomorrow = x509.random_serial_number(), now + datetime.timedelta(days=1)
    builder = x509.CertificateBuilder(name, name, key.public_key(), serial, now, tomorrow)
    certificate = builder.add_extension(names, critical=False).sign(key, hashes.SHA256())
    pem, plain = serialization.Encoding.PEM, serialization.NoEncryption()
    (folder / "fullchain.pem").write_bytes(certificate.public_bytes(pem))
    secret = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain)
    (folder / "privkey.pem").write_bytes(secret)
