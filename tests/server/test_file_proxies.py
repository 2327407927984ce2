"""Files pass through nginx and Caddy in memory: nothing is written to a disk."""

import asyncio
import getpass
import http.client
import os
import tempfile
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from messaging.ops.checks.machine import is_in_memory
from tests.load.bench.machine import written
from tests.server.caddy import Caddy
from tests.server.nginx import Nginx
from tests.support.file_client import CHUNK
from tests.support.file_pair import Pair
from tests.support.people import people
from tests.support.programs import HOST
from tests.support.servers import free_port
from tests.support.serving import Serving

SIZE = 80 * CHUNK  # ten times the limit of chunks in transit


class PlainNginx(Nginx):
    """nginx with its defaults and the Upgrade header."""

    def render(self, ports: tuple[int, ...], *, secure: bool) -> str:
        return f"""
            user {getpass.getuser()};
            pid {self.folder / "nginx.pid"};
            error_log stderr crit;
            events {{}}
            http {{
                access_log off;
                {self.places()}
                server {{
                    listen {HOST}:{self.port};
                    location / {{
                        proxy_pass http://{HOST}:{ports[0]};
                        proxy_http_version 1.1;
                        proxy_set_header Host $http_host;
                        proxy_set_header Upgrade $http_upgrade;
                        proxy_set_header Connection upgrade;
                    }}
                }}
            }}
        """


@pytest.fixture(autouse=True)
def on_disk(monkeypatch):
    """Put the folders of programs on a disk, because only writes to disks are counted."""
    places = [place for place in ("/var/tmp", "/tmp") if is_in_memory(place) is False]  # noqa: S108
    if not places:
        pytest.skip("this machine has no disk to write to, or doesn't tell")
    monkeypatch.setattr(tempfile, "tempdir", places[0])


def workers(proxy) -> list[int]:
    """Return the processes of a proxy."""
    pid = proxy.process.pid
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [pid, *map(int, children)]


def written_by(proxy) -> int:
    return sum(written(pid) for pid in workers(proxy))


@asynccontextmanager
async def behind(kind, folder):
    """Run Sotto behind a proxy of this kind."""
    port = free_port()
    proxy = kind(port).start()
    server = Serving(folder, site_url=proxy.url)
    server.port, server.url = port, f"http://localhost:{port}"
    try:
        await asyncio.to_thread(server.start)
        yield proxy, server
    finally:
        server.stop()
        proxy.close()


@pytest.mark.parametrize("kind", [PlainNginx, Nginx, Caddy])
async def test_a_file_passes_and_nothing_is_written(kind, tmp_path):
    async with behind(kind, tmp_path) as (proxy, server):
        alice, bob = await asyncio.to_thread(people, server.environment, 2)
        pair = await Pair(proxy, (alice, bob), os.urandom(SIZE)).offers()
        before = written_by(proxy)
        await pair.transfers()
        assert pair.finished == SIZE
        assert written_by(proxy) == before
        await pair.closes()
    assert not [file for file in proxy.folder.rglob("*temp*/*") if file.is_file()]


def test_a_body_that_nginx_writes_to_a_disk_is_noticed(tmp_path):
    # The upstream doesn't exist. nginx reads the body before it connects.
    proxy = PlainNginx(free_port()).start()
    try:
        before = written_by(proxy)
        wire = http.client.HTTPConnection("localhost", proxy.port, timeout=10)
        wire.request("POST", "/", b"x" * 900_000)
        assert wire.getresponse().status == 502
        wire.close()
        assert written_by(proxy) > before
    finally:
        proxy.close()
