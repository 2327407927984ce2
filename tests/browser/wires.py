"""A server behind proxies that can cut connections."""

import re

from playwright.sync_api import expect

from tests.support.proxy import Wire
from tests.support.servers import Server


class Place:
    """A server, and a proxy for each of two users."""

    def __init__(self, folder, settings="tests.settings.quick"):
        self.server = Server(folder, DJANGO_SETTINGS_MODULE=settings, LOG_LEVEL="DEBUG")
        self.wires = [Wire(self.server.port).start() for _ in range(2)]
        self.server.environment["CSRF_TRUSTED_ORIGINS"] = ",".join(wire.url for wire in self.wires)
        self.server.start()

    def stop(self):
        for wire in self.wires:
            wire.stop()
        self.server.stop()


def is_about_the_wire(error):
    words = r"WebSocket connection to|net::ERR_|Failed to load resource|^\[object Event\]$"
    return re.search(words, error)


def is_cut_off(person):
    body = person.page.locator("body")
    expect(body).to_have_attribute("data-connection", "closed", timeout=20_000)


def is_back(person):
    person.wire.mend()
    body = person.page.locator("body")
    expect(body).to_have_attribute("data-connection", "open", timeout=20_000)
