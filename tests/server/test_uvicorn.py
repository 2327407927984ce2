"""uvicorn with the options of docs/operations.md, and its warnings without them."""

import re
from itertools import chain

import pytest

from messaging.domain.sizes import MAX_SOCKET_FRAME
from tests.server.test_serve import handshake
from tests.support.fresh_copy import ROOT
from tests.support.people import people
from tests.support.servers import UVICORN
from tests.support.serving import Uvicorn

UNSAID = {
    "--ws-max-size": str(MAX_SOCKET_FRAME),
    "--ws-per-message-deflate": "false",
    "--timeout-keep-alive": "130",
    "--no-proxy-headers": "",
    "--no-access-log": "",
    "--no-server-header": "",
    "--reset-contextvars": "",
}
WARNING = re.compile(
    r"WARNING.* config\.uvicorn_options: uvicorn was started without (.+); see docs/operations\.md"
)


@pytest.fixture
def start(tmp_path):
    """Return a function that starts uvicorn with only these options."""
    servers = []

    def start_it(*options):
        servers.append(Uvicorn(tmp_path))
        servers[-1].program = ("-m", "uvicorn", *options, "config.asgi:application")
        return servers[-1].start()

    yield start_it
    for server in servers:
        server.stop()


def missing(server) -> list[str]:
    found = WARNING.search(server.log.read_text())
    return found[1].split(", ") if found else []


def test_the_documented_options_are_those_tested():
    (command,) = re.findall(r"```sh\nuvicorn ([^`]+)```", (ROOT / "docs/operations.md").read_text())
    options = command.replace("\\\n", "").split()
    place = ["config.asgi:application", "--host", "127.0.0.1", "--port", "8000"]
    assert [*place, *UVICORN[2:]] == options


def test_without_its_options_it_names_those_it_lacks(start):
    server = start()
    assert missing(server) == [f"{name} {value}".strip() for name, value in UNSAID.items()]


def test_an_insufficient_value_is_named_too(start):
    options = {"--ws-max-size": str(MAX_SOCKET_FRAME + 1), "--timeout-keep-alive": "129"}
    named = missing(start(*chain.from_iterable(options.items())))
    assert {f"{name} {UNSAID[name]}" for name in options} <= set(named)


def test_with_its_options_it_has_no_complaint_and_compresses_nothing(start):
    server = start(*UVICORN[2:], "--log-level", "debug")
    assert missing(server) == []
    (alice,) = people(server.environment, 1)
    wire, answer = handshake(server, alice, "Sec-WebSocket-Extensions: permessage-deflate")
    assert " 101 " in answer
    assert "permessage-deflate" not in answer
    wire.close()
    # No level of uvicorn's log may record who connects and when.
    assert "127.0.0.1:" not in server.log.read_text().replace(f"127.0.0.1:{server.port}", "")
