"""What nginx and Caddy forward, hide and log, with the delivered files."""

import http.client
import json
import socket
import ssl
import subprocess

import pytest
from websockets.exceptions import ConnectionClosedError
from websockets.sync.client import connect

from tests.server.caddy import Caddy
from tests.server.nginx import Nginx, exchange
from tests.server.stub_server import Handler, answering
from tests.support.servers import Server, free_port

CANARY = "canary-9d1f"


class Mirror(Handler):
    """Answer with the request."""

    def respond(self):
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        answer = json.dumps({"path": self.path, "headers": dict(self.headers)}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)


@pytest.fixture(scope="module")
def mirror():
    with answering(Mirror) as port:
        yield port


@pytest.fixture(scope="module", params=[Nginx, Caddy])
def proxy(request, mirror):
    # Nothing listens on the other port, like a stopped process.
    proxy = request.param(free_port(), mirror).start()
    yield proxy
    proxy.close()


def ask(proxy, path="/", method="GET", body=None, **headers):
    """Return the status, and the request as it reached the mirror, or None."""
    wire = http.client.HTTPConnection("localhost", proxy.port, timeout=10)
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    wire.request(method, path, body, sent)
    answer = wire.getresponse()
    text = answer.read()
    wire.close()
    return answer.status, json.loads(text) if text.startswith(b"{") else None


def test_an_address_forged_by_a_browser_is_not_believed(proxy):
    forged = {"X_Forwarded_For": "6.6.6.6", "X_Forwarded_Proto": "gopher", "X_Real_IP": "6.6.6.6"}
    forged |= {"Forwarded": "for=6.6.6.6", "Daphne_Root_Path": "/6.6.6.6"}
    _, seen = ask(proxy, **forged)
    headers = {name.lower(): value for name, value in seen["headers"].items()}
    assert headers["x-forwarded-for"] in {"127.0.0.1", "::1"}
    assert headers["x-forwarded-proto"] == "http"
    assert "6.6.6.6" not in str(seen)
    assert "gopher" not in str(seen)


def test_the_host_name_of_the_browser_is_kept(proxy):
    _, seen = ask(proxy, "/conversations/7/?a=%2F")
    assert seen["headers"]["Host"] == f"localhost:{proxy.port}"
    assert seen["path"] == "/conversations/7/?a=%2F"


def test_a_stopped_process_is_skipped(proxy):
    assert [ask(proxy)[0] for _ in range(10)] == [200] * 10


NUMBERS = "/metrics /metrics/ /metrics?a=1 //metrics /x/../metrics /./metrics /%6detrics /metrics/."


@pytest.mark.parametrize("path", NUMBERS.split())
def test_metrics_are_closed_to_the_public(proxy, path):
    assert ask(proxy, path) == (404, None)


def test_a_body_larger_than_any_form_is_refused(proxy):
    # The announced length is enough. The body is never sent.
    assert ask(proxy, method="POST", body=b"x" * 300_000, Content_Length="2000000")[0] == 413
    assert ask(proxy, method="POST", body=b"x" * 500_000)[0] == 200


def test_no_request_is_logged(proxy):
    for path in (f"/{CANARY}", f"/ws/{CANARY}", f"/metrics/{CANARY}", f"/?q={CANARY}"):
        ask(proxy, path, method="POST", body=f"{CANARY}{'x' * 900_000}".encode())
    ask(proxy, f"/{CANARY}", method="POST", body=b"x" * 300_000, Content_Length="2000000")
    files = [file for file in proxy.folder.rglob("*") if file.is_file()]
    assert files
    assert [file for file in files if CANARY.encode() in file.read_bytes()] == []


@pytest.mark.parametrize("kind", [Nginx, Caddy])
def test_a_socket_passes(kind, tmp_path):
    proxy = kind(port := free_port()).start()
    server = Server(tmp_path, site_url=proxy.url)
    try:
        server.port, server.url = port, f"http://localhost:{port}"
        server.start()
        address = f"{proxy.url.replace('http', 'ws')}/ws/chat/"
        # Sotto answers that the client isn't logged in.
        refused = pytest.raises(ConnectionClosedError, match="received 4401")
        with connect(address, origin=proxy.url, proxy=None) as socket, refused:
            list(socket)
    finally:
        server.stop()
        proxy.close()


def test_after_a_reload_nginx_closes_the_windows_that_stay():
    with socket.create_server(("127.0.0.1", 0)) as upstream:
        nginx = Nginx(upstream.getsockname()[1])
        timeout = "worker_shutdown_timeout"
        text = exchange(nginx.file.read_text(), f"{timeout} 10m;", f"{timeout} 1s;")
        nginx.file.write_text(text)
        nginx.start()
        upgrade = b"Upgrade: websocket\r\n"
        try:
            with socket.create_connection(("127.0.0.1", nginx.port), 10) as window:
                window.sendall(b"GET /ws/chat/ HTTP/1.1\r\nHost: a\r\n" + upgrade + b"\r\n")
                process, _ = upstream.accept()
                with process:
                    process.recv(4096)
                    answer = b"HTTP/1.1 101 Here\r\n" + upgrade + b"Connection: upgrade\r\n\r\n"
                    process.sendall(answer)
                    assert window.recv(4096).startswith(b"HTTP/1.1 101")
                    subprocess.run(nginx.command("-s", "reload"), check=True)
                    assert window.recv(4096) == b""
        finally:
            nginx.close()


def test_nginx_accepts_its_file_as_delivered_with_tls(mirror):
    nginx = Nginx(mirror, secure=True)
    try:
        tried = subprocess.run(nginx.command("-t"), capture_output=True, text=True, check=False)
        assert tried.returncode == 0, tried.stderr
        assert "[warn]" not in tried.stderr
        nginx.start()
        trust = ssl.create_default_context(cafile=str(nginx.folder / "fullchain.pem"))
        wire = http.client.HTTPSConnection("localhost", nginx.port, context=trust, timeout=10)
        wire.request("GET", "/")
        assert json.loads(wire.getresponse().read())["headers"]["X-Forwarded-Proto"] == "https"
        wire.close()
        plain = http.client.HTTPConnection("localhost", nginx.plain_port, timeout=10)
        plain.request("GET", "/known/", headers={"Host": "elsewhere.example"})
        assert plain.getresponse().headers["Location"] == "https://chat.example.org/known/"
        plain.close()
    finally:
        nginx.close()
