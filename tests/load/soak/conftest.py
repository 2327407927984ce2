"""A server with production limits, and the results of the long tests."""

import pytest

from tests.browser.conftest import browser, launch, playwright, somebody  # noqa: F401 - fixtures
from tests.support.servers import Server
from tests.support.window import Window

RESUME = 90  # seconds: the default, regardless of a developer's .env


def pytest_collection_modifyitems(items):
    """Run browser tests last, because Playwright leaves an event loop running."""
    items.sort(key=lambda item: "playwright" in getattr(item, "fixturenames", ()))


def pytest_terminal_summary(terminalreporter):
    """Show measurements beside the time of each test."""
    for report in terminalreporter.getreports("passed") + terminalreporter.getreports("failed"):
        if report.when == "call" and report.user_properties:
            terminalreporter.write_line(
                f"{report.nodeid.rpartition('::')[2]} ({report.duration:.0f} s)"
            )
            for name, figure in report.user_properties:
                terminalreporter.write_line(f"    {name}: {figure}")


@pytest.fixture(scope="module")
def wires():
    """Return no proxies. Tests that need some override this fixture."""
    return []


@pytest.fixture(scope="module")
def prepared(tmp_path_factory):
    """Return a server that is not started yet."""
    return Server(tmp_path_factory.mktemp("server"), RESUME_SECONDS=str(RESUME))


@pytest.fixture(scope="module")
def server(prepared, wires):
    yield prepared.start()
    prepared.stop()
    assert "ERROR" not in prepared.log.read_text()


@pytest.fixture
async def open_window(server):
    """Return an async function that opens a window of Alice with a pane for Bob."""
    windows: list[Window] = []

    async def open_it(person, *peers):
        windows.append(Window(server, person, *peers))
        return await windows[-1].opens()

    yield open_it
    for window in windows:
        await window.closes()
