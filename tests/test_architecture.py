"""The arrows between the rooms, read from the imports."""

import ast
import re
from fnmatch import fnmatch
from pathlib import Path

import pytest

from tests.fresh_copy import ROOT

APPS = ("config", "accounts", "messaging")

# What a room must not import; a name stands for everything beneath it.
HTTP = {"django.http", "django.views"}
RENDERING = {"django.template", "django.shortcuts"}
PAGES = {"messaging.attention", "messaging.desk", "messaging.known", "messaging.plain", "messaging.privacy"}
PAGES |= {"messaging.reporting", "messaging.views"}
SOCKET = {"messaging.consumers", "messaging.loading", "messaging.routing", "messaging.streams"}
DOORS = PAGES | SOCKET | {"messaging.urls"}
JOINTS = {"accounts", "messaging"}  # only the addresses know both
ACCOUNTS = {"config", "messaging", "channels"}
ACCOUNT_DOORS = {
    "accounts.forms.authentication",
    "accounts.views.responses",
    "accounts.auth.throttling",
    "accounts.urls",
    "accounts.views.authentication",
}
PEOPLE = ACCOUNTS | HTTP | RENDERING | ACCOUNT_DOORS
MESSAGING = {"config", "accounts"}
SPEAKERS = {"messaging.broadcasts", "messaging.delivery", "messaging.pulse"}
DOMAIN = MESSAGING | HTTP | RENDERING | DOORS | SPEAKERS | {"channels"}

# Every module of ours is a row here. A new one without a row fails a test, and so does a row without a module.
ROOMS = {
    "config": JOINTS | {"config"},
    "config.asgi_middleware.client_address": JOINTS | {"config"},
    "config.admin_site": JOINTS | {"config"},
    "config.asgi": {"accounts", "config.settings"},
    "config.asgi_middleware.bypass": JOINTS | {"config.settings"},
    "config.middleware.request_body": JOINTS | {"config"},
    "config.context_processors": JOINTS | {"config"},
    "config.middleware.htmx_login_redirect": JOINTS | {"config"},
    "config.env_file": JOINTS | {"config"},
    "config.environment": JOINTS | {"config.settings"},
    "config.middleware.former_cookies": JOINTS | {"config"},
    "config.asgi_middleware.websocket_origin": JOINTS | {"config.settings"},
    "config.middleware.security_headers": JOINTS | {"config"},
    "config.pwa": JOINTS | {"config"},
    "config.log_formatters": JOINTS | {"config"},
    "config.runtime": JOINTS | {"config"},
    "config.asgi_middleware.probes": JOINTS | {"config.settings"},
    "config.middleware.loopback": JOINTS | {"config"},
    "config.management": JOINTS | {"config"},
    "config.management.*": JOINTS,
    "config.message_storage": JOINTS | {"config"},
    "config.middleware.database_errors": JOINTS | {"config"},
    "config.services": JOINTS | {"config.settings"},
    "config.settings": JOINTS | {"config.urls"},
    "config.asgi_middleware.thread_pool": JOINTS | {"config"},
    "config.uvicorn_options": JOINTS | {"config"},
    "config.urls": JOINTS | {"config.settings"},
    "config.middleware": JOINTS | {"config.settings"},
    "config.asgi_middleware": JOINTS | {"config.settings"},
    "accounts": ACCOUNTS,
    # What an account has, and who may have one: no requests, no HTML, and nobody that has them.
    "accounts.models.credentials": PEOPLE,
    "accounts.deletion": PEOPLE,
    "accounts.user_agents": PEOPLE,
    "accounts.data_export": PEOPLE,
    "accounts.invitations": PEOPLE,
    "accounts.usernames": PEOPLE,
    "accounts.auth.passkeys": PEOPLE,
    "accounts.qr_codes": PEOPLE,
    "accounts.auth.recovery": PEOPLE,
    "accounts.reports": PEOPLE,
    "accounts.encryption": PEOPLE,
    "accounts.auth.second_factor": PEOPLE,
    "accounts.spelling": PEOPLE,
    "accounts.auth.totp": PEOPLE,
    "accounts.write_ahead_log": PEOPLE,
    "accounts.*": ACCOUNTS,
    "messaging": MESSAGING,
    "messaging.apps": MESSAGING,
    # The domain: no sockets, requests or HTML, and nobody that has them.
    "messaging.blocks": DOMAIN,
    "messaging.boxes": DOMAIN,
    "messaging.conversations": DOMAIN,
    "messaging.counts": DOMAIN,
    "messaging.crowd": DOMAIN,
    "messaging.evidence": DOMAIN,
    "messaging.frames": DOMAIN,
    "messaging.franking": DOMAIN,
    "messaging.homes": DOMAIN,
    "messaging.limits": DOMAIN,
    "messaging.mailbox": DOMAIN,
    "messaging.pace": DOMAIN,
    "messaging.presence": DOMAIN,
    "messaging.sizes": DOMAIN,
    # The same, where several processes share it. Only the layer knows of channels.
    "messaging.redis": DOMAIN,
    "messaging.redis.keeping": DOMAIN,
    "messaging.redis.layer": DOMAIN - {"channels"},
    "messaging.redis.link": DOMAIN,
    "messaging.redis.mailbox": DOMAIN,
    "messaging.redis.pace": DOMAIN,
    "messaging.redis.pipeline": DOMAIN,
    "messaging.redis.presence": DOMAIN,
    "messaging.redis.sealing": DOMAIN,
    "messaging.readiness": DOMAIN,
    "messaging.roster": DOMAIN,
    "messaging.shutdown": DOMAIN,
    "messaging.visibility": DOMAIN,
    # The doctor: what the machine does, and which settings it must not be run with.
    "messaging.machine": DOMAIN,
    "messaging.checks": MESSAGING | HTTP | DOORS | {"channels"},
    "messaging.log_checks": MESSAGING | HTTP | RENDERING | DOORS | {"channels"},
    # The proof talks to a server over the wire, as a stranger would: of the product it knows its figures alone.
    "messaging.proof*": MESSAGING
    | HTTP
    | RENDERING
    | DOORS
    | {"channels", "messaging.broadcasts", "messaging.delivery", "messaging.mailbox", "messaging.presence"},
    "messaging.management*": MESSAGING | HTTP | RENDERING | DOORS | {"channels"},
    # How a thing is drawn, for the templates.
    "messaging.avatars": DOMAIN,
    "messaging.links": DOMAIN,
    "messaging.wording": DOMAIN,
    "messaging.page_version": DOMAIN,
    "messaging.patterns": DOMAIN - RENDERING,
    # What carries events to the windows: it knows none of them.
    "messaging.layer": MESSAGING | HTTP | RENDERING | DOORS | SPEAKERS | {"messaging.mailbox", "messaging.presence"},
    # The voice, what asks the domain and lets it speak, and what wakes it.
    "messaging.broadcasts": MESSAGING | HTTP | DOORS,
    "messaging.delivery": MESSAGING | HTTP | RENDERING | DOORS | {"channels", "messaging.pulse"},
    "messaging.pulse": MESSAGING | HTTP | RENDERING | DOORS,
    "messaging.sessions": MESSAGING | RENDERING | DOORS | {"messaging.delivery"},
    # One open window: who opens it, what is known of its page, what goes to it and what comes from it.
    "messaging.doorkeeper": MESSAGING | RENDERING | DOORS | {"messaging.delivery", "messaging.pulse"},
    "messaging.early": DOMAIN,
    "messaging.page": MESSAGING | HTTP | RENDERING | DOORS | SPEAKERS | {"messaging.mailbox"},
    "messaging.outflow": MESSAGING | HTTP | RENDERING | DOORS | {"channels", "messaging.delivery", "messaging.pulse"},
    "messaging.intake": MESSAGING | HTTP | RENDERING | DOORS | {"channels", "messaging.consumers"},
    # The doors, and what they say where the memory is away.
    "messaging.people": MESSAGING | SPEAKERS | DOORS | {"channels"},
    "messaging.unreachable": MESSAGING | SPEAKERS | DOORS | {"channels"},
    "messaging.consumers": MESSAGING | HTTP | RENDERING | DOORS - {"messaging.consumers"},
    # The door for pages without JavaScript, which are windows too: what they are told has a voice of its own.
    "messaging.appending": MESSAGING | HTTP | DOORS | {"channels", "messaging.delivery", "messaging.pulse"},
    "messaging.loading": MESSAGING | HTTP | RENDERING | DOORS - {"messaging.consumers"},
    "messaging.streams": MESSAGING | HTTP | RENDERING | DOORS - {"messaging.consumers", "messaging.loading"},
    "messaging.desk": MESSAGING | SOCKET | {"channels", "messaging.views"},
    "messaging.plain": MESSAGING | SOCKET | {"channels", "messaging.views"},
    "messaging.metrics": MESSAGING | HTTP | RENDERING | SPEAKERS,
    "messaging.preloading": MESSAGING | HTTP | DOORS | SPEAKERS,
    "messaging.operations": MESSAGING | HTTP | RENDERING | SPEAKERS | {"channels"},
    # A server as operators start it: processes that hold the application, which they know by its name alone.
    "messaging.serving*": MESSAGING | HTTP | RENDERING | SPEAKERS | {"channels"},
    "messaging.attention": MESSAGING | {"channels", "messaging.consumers", "messaging.routing", "messaging.views"},
    "messaging.known": MESSAGING | {"channels", "messaging.consumers", "messaging.routing", "messaging.views"},
    "messaging.privacy": MESSAGING | {"channels", "messaging.consumers", "messaging.routing", "messaging.views"},
    "messaging.reporting": MESSAGING | SOCKET | {"channels", "messaging.views"},
    "messaging.routing": MESSAGING | HTTP | RENDERING | PAGES,
    "messaging.urls": MESSAGING | {"channels", "messaging.consumers", "messaging.routing"},
    "messaging.views": MESSAGING | {"channels", "messaging.consumers", "messaging.routing"},
}


def modules() -> dict[str, Path]:
    """Every module of ours by its dotted name, a package by its folder's."""
    files = [file for app in APPS for file in (ROOT / app).rglob("*.py")]
    return {".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): file for file in files}


def imports(source: str, module: str) -> set[str]:
    """The dotted names that a module imports, wherever in it; `from x import y` may mean either x or x.y."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        if isinstance(node, ast.ImportFrom):
            parts = module.split(".")[: -node.level] if node.level else []
            origin = ".".join([*parts, *filter(None, [node.module])])
            found |= {origin, *(f"{origin}.{alias.name}" for alias in node.names)}
    return found


def room_of(module: str) -> str | None:
    return next((room for room in ROOMS if fnmatch(module, room)), None)


def is_beneath(name: str, banned: str) -> bool:
    return name == banned or name.startswith(f"{banned}.")


def trespasses(module: str, source: str) -> list[str]:
    banned = ROOMS[room_of(module) or ""]
    return sorted(name for name in imports(source, module) if any(is_beneath(name, ban) for ban in banned))


def reads_the_environment(source: str) -> bool:
    # Naming the settings module is how every Django program starts; it reads nothing.
    rest = source.replace('os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")', "")
    return bool(re.search(r"\b(os\.environb?|from os import|getenv|read_env|Env\()", rest))


def test_every_module_has_a_room():
    assert [module for module in modules() if not room_of(module)] == []


def test_every_room_has_a_module():
    assert [room for room in ROOMS if not any(fnmatch(module, room) for module in modules())] == []


def test_what_is_banned_of_ours_exists():
    banned = {name for bans in ROOMS.values() for name in bans if name.split(".")[0] in APPS}
    assert sorted(banned - modules().keys()) == []


@pytest.mark.parametrize("module", modules())
def test_no_arrow_points_back(module):
    assert trespasses(module, modules()[module].read_text()) == []


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("messaging.presence", "import channels.layers"),
        ("messaging.presence", "from channels.layers import get_channel_layer"),
        ("messaging.mailbox", "from messaging import broadcasts"),
        ("messaging.mailbox", "from . import broadcasts"),
        ("messaging.conversations", "from .views import home"),
        ("messaging.broadcasts", "def late():\n    from messaging.consumers import WindowConsumer"),
        ("messaging.consumers", "from django import template"),
        ("messaging.consumers", "from django.shortcuts import render"),
        ("messaging.views", "from channels.layers import get_channel_layer"),
        ("messaging.views", "from accounts.models import User"),
        ("accounts.views.authentication", "from messaging.presence import presence"),
        ("accounts.models", "from config.settings import env"),
        ("accounts.auth.recovery", "from django.http import HttpRequest"),
        ("accounts.invitations", "from accounts.views.responses import person"),
        ("accounts.auth.passkeys", "from django.http import HttpRequest"),
    ],
)
def test_a_trespass_is_seen_in_every_form(module, source):
    assert trespasses(module, source)


def test_a_room_may_use_what_it_needs():
    assert trespasses("messaging.views", "from django.contrib.auth import get_user_model") == []
    assert trespasses("messaging.consumers", "from messaging import broadcasts, conversations") == []


def test_one_module_reads_the_environment():
    readers = {module for module, file in modules().items() if reads_the_environment(file.read_text())}
    assert readers == {"config.environment"}


# Presence that does not say who is online: a person's own windows, and news, from which each window leaves out those
# about whom its person must not know.
LEASES = {"arrive", "close", "has_buried", "hide", "is_idle", "leases", "leave", "lost", "news", "reach"}


def reads_presence(source: str) -> bool:
    return bool(set(re.findall(r'(?<![\w."])presence\.(\w+)', source)) - LEASES or re.search(r"presence as", source))


def test_who_is_online_is_read_in_one_place_which_asks_for_whom():
    readers = {module for module, file in modules().items() if reads_presence(file.read_text())}
    assert readers == {"messaging.visibility", "messaging.metrics"}, "and counted for operators"


def test_no_module_is_a_drawer_for_everything():
    assert [module for module in modules() if module.rpartition(".")[2] in {"utils", "helpers", "common"}] == []
