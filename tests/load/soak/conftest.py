"""The product at its real figures: a server as an operator starts it, and what the long tests have
measured.
"""

import pytest

from tests.browser.conftest import browser, launch, somebody  # noqa: F401 - fixtures
from tests.support.servers import Server
from tests.support.window import Window

RESUME = 90  # seconds: the default, whatever a developer's .env says


def pytest_collection_modifyitems(items):
    """Playwright leaves an event loop running, in which no other can start: what needs a browser
    comes last.
    """
    items.sort(key=lambda item: "browser" in getattr(item, "fixturenames", ()))


def pytest_terminal_summary(terminalreporter):
    """What a test has measured stands beside its time, passed or failed."""
    for report in terminalreporter.getreports("passed") + terminalreporter.getreports("failed"):
        if report.when == "call" and report.user_properties:
            terminalreporter.write_line(
                f"{report.nodeid.rpartition('::')[2]} ({report.duration:.0f} s)"
            )
            for name, figure in report.user_properties:
                terminalreporter.write_line(f"    {name}: {figure}")


@pytest.fixture(scope="module")
def wires():
    """Those who need any have a fixture of this name that makes them."""
    return []


@pytest.fixture(scope="module")
def prepared(tmp_path_factory):
    """A server that is not started yet."""
    return Server(tmp_path_factory.mktemp("server"), RESUME_SECONDS=str(RESUME))


@pytest.fixture(scope="module")
def server(prepared, wires):
    yield prepared.start()
    prepared.stop()
    assert "ERROR" not in prepared.log.read_text()


@pytest.fixture
async def open_window(server):
    """A function: `await open_window(alice, bob)` is a new window of Alice, with a pane for Bob."""
    windows: list[Window] = []

    async def open_it(person, *peers):
        windows.append(Window(server, person, *peers))
        return await windows[-1].opens()

    yield open_it
    for window in windows:
        await window.closes()
