"""Compare the imports of each package with its rule."""

import ast
import re
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.support.fresh_copy import ROOT

APPS = ("config", "accounts", "messaging")

FRAMEWORKS = {
    "channels": ("channels",),
    "database": ("django.db",),
    "http": ("django.http", "django.views", "django.shortcuts"),
    "templates": ("django.template",),
}


class Row(NamedTuple):
    """A package's rule: what it imports beside itself, and which frameworks it uses."""

    imports: set[str]
    frameworks: set[str]


DOMAIN = {"messaging.domain"}
CORE = DOMAIN | {"messaging.backends", "messaging.people", "messaging.rate_limits"}
BOTH = CORE | {"messaging.delivery", "messaging.rendering"}
BENEATH_MODELS = {
    f"accounts.{name}" for name in ("encryption", "spelling", "usernames", "write_ahead_log")
}
SERVICES = {"accounts", "accounts.auth", "accounts.models"}

PACKAGES = {
    # Conversations and their rules, in pure Python.
    "messaging.domain": Row(set(), set()),
    # Live state. Other packages import only the package itself, which chooses a backend.
    "messaging.backends": Row(
        DOMAIN | {"messaging.backends.memory", "messaging.backends.redis"}, {"channels"}
    ),
    "messaging.backends.memory": Row(DOMAIN, set()),
    "messaging.backends.redis": Row(DOMAIN | {"messaging.backends.memory"}, set()),
    "messaging.rate_limits": Row(DOMAIN | {"messaging.backends"}, set()),
    "messaging.people": Row(DOMAIN | {"messaging.backends"}, {"database"}),
    # Actions, and which windows are notified. It knows nothing about rendering.
    "messaging.delivery": Row(CORE, {"channels"}),
    "messaging.rendering": Row(DOMAIN, {"templates"}),
    # The two entrances, which don't know each other.
    "messaging.consumers": Row(BOTH, {"channels", "database"}),
    "messaging.views": Row(BOTH, {"database", "http", "templates"}),
    # Sockets for files, which show nothing.
    "messaging.files": Row(
        CORE | {"messaging.consumers", "messaging.delivery"}, {"channels", "database"}
    ),
    # Only URLs and metrics know it, so that it can be removed as a whole.
    "messaging.noscript": Row(
        BOTH | {"messaging.consumers", "messaging.views.lookups"}, {"channels", "http", "templates"}
    ),
    # Push notifications, whose listeners `messaging.apps` registers.
    "messaging.push": Row(CORE | {"messaging.delivery"}, {"database", "http"}),
    # Running the server. The proof connects to one like any client.
    "messaging.ops": Row(
        CORE
        | {
            "messaging.consumers",
            "messaging.files",
            "messaging.noscript",
            "messaging.backends.redis",
            "messaging.delivery.counters",
        },
        {"database"},
    ),
    "messaging.ops.checks": Row({"messaging.backends.redis"}, {"templates"}),
    "messaging.ops.proof": Row(
        {
            "messaging.backends.redis",
            "messaging.domain.sizes",
            "messaging.ops.checks",
            "messaging.rate_limits",
        }
        | {"messaging.rendering.page_version"},
        {"database"},
    ),
    "messaging.ops.server": Row(
        {"messaging.domain.sizes", "messaging.ops", "messaging.rate_limits"}, set()
    ),
    # What joins the parts: the app, its URLs, its commands and its signal receivers.
    "messaging": Row(
        BOTH
        | {"messaging.consumers", "messaging.views", "messaging.noscript", "messaging.ops.checks"}
        | {"messaging.files", "messaging.push"},
        {"database"},
    ),
    "messaging.management": Row(
        {
            "messaging.backends.redis",
            "messaging.ops.proof",
            "messaging.ops.server",
            "messaging.push",
        },
        {"database"},
    ),
    # Users. Services are in the app itself; they know no requests and no pages.
    "accounts": Row(SERVICES, {"database"}),
    "accounts.models": Row(BENEATH_MODELS, {"database"}),
    "accounts.auth": Row(SERVICES, {"database", "http", "templates"}),
    "accounts.forms": Row(SERVICES, {"database", "http"}),
    "accounts.views": Row(SERVICES | {"accounts.forms"}, {"database", "http"}),
    "accounts.admin": Row(SERVICES, {"database", "http"}),
    "accounts.templatetags": Row({"accounts"}, {"templates"}),
    "accounts.management": Row(SERVICES, set()),
    # What joins the apps. No module imports the settings, which Django loads.
    "config": Row(set(), {"http", "templates"}),
    "config.middleware": Row({"config.site_addresses"}, {"database", "http", "templates"}),
    "config.asgi_middleware": Row({"config.middleware"}, {"database", "http"}),
    "config.management": Row({"config.middleware"}, set()),
    "config.settings": Row({"config"}, {"http"}),
    "config.startup": Row(set(), {"channels", "templates"}),
    "config.asgi": Row(
        {
            "config",
            "config.startup",
            "config.middleware",
            "config.asgi_middleware",
            "messaging",
            "messaging.domain.sizes",
        }
        | {"messaging.noscript", "messaging.ops"},
        {"channels"},
    ),
}

# Exceptions from the rows, and what would remove them.
EXCEPTIONS = {
    ("accounts.middleware", "django.http"): "a middleware is given requests",
    ("accounts.sessions", "django.http"): "signs out the session of a request",
    ("accounts.urls", "accounts.views"): "the addresses",
    (
        "messaging.consumers.authentication",
        "django.http",
    ): "reads the cookies of a handshake as Django does",
}

# Modules that know no requests, unlike others of their package.
WITHOUT_HTTP = {
    f"accounts.auth.{name}" for name in ("passkeys", "recovery", "second_factor", "totp")
}


@cache
def modules() -> dict[str, Path]:
    """Return every module of ours by its dotted name, a package by its folder's."""
    files = [file for app in APPS for file in (ROOT / app).rglob("*.py")]
    return {
        ".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): file
        for file in files
    }


@cache
def packages() -> set[str]:
    """Return every folder with modules, except for those whose structure Django defines."""
    folders = {".".join(file.parent.relative_to(ROOT).parts) for file in modules().values()}
    return {folder for folder in folders if not folder.endswith((".commands", ".migrations"))}


def imports(source: str, module: str) -> set[str]:
    """Return the modules of ours that a module imports, and the other names as written."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        if isinstance(node, ast.ImportFrom):
            parents = module.split(".") if module in packages() else module.split(".")[:-1]
            parts = parents[: len(parents) - node.level + 1] if node.level else []
            origin = ".".join([*parts, *filter(None, [node.module])])
            names = {f"{origin}.{alias.name}" for alias in node.names}
            found |= {name if name in modules() or not is_ours(name) else origin for name in names}
    return found


def is_ours(name: str) -> bool:
    return name.partition(".")[0] in APPS


def is_beneath(name: str, other: str) -> bool:
    return name == other or name.startswith(f"{other}.")


def row_of(module: str) -> str:
    return max((row for row in PACKAGES if is_beneath(module, row)), key=len)


def is_allowed(module: str, name: str) -> bool:
    """Return whether the row of a module allows this import."""
    row = PACKAGES[row_of(module)]
    if is_ours(name):
        return bool({row_of(name), name} & {row_of(module), *row.imports})
    pairs = [(framework, root) for framework, roots in FRAMEWORKS.items() for root in roots]
    used = {framework for framework, root in pairs if is_beneath(name, root)}
    return used <= row.frameworks and not ("http" in used and module in WITHOUT_HTTP)


def violations(module: str, source: str) -> set[str]:
    return {name for name in imports(source, module) if not is_allowed(module, name)}


def excepted(module: str, name: str) -> tuple[str, str] | None:
    return next(
        ((who, what) for who, what in EXCEPTIONS if module == who and is_beneath(name, what)), None
    )


def reads_the_environment(source: str) -> bool:
    # Every Django program sets the name of the settings module, without reading the environment.
    rest = source.replace('os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")', "")
    return bool(re.search(r"\b(os\.environb?|from os import|getenv|read_env|Env\()", rest))


def test_every_package_has_a_row():
    assert sorted(packages() - PACKAGES.keys()) == []


def test_every_name_in_the_table_exists():
    named = {name for row in PACKAGES.values() for name in row.imports}
    named |= PACKAGES.keys() | WITHOUT_HTTP | {who for who, _ in EXCEPTIONS}
    assert sorted(named - modules().keys()) == []


@pytest.mark.parametrize("module", modules())
def test_a_package_imports_only_what_its_row_names(module):
    found = violations(module, modules()[module].read_text())
    assert sorted(name for name in found if not excepted(module, name)) == []


def test_every_exception_is_still_needed():
    found = {
        (module, name)
        for module, file in modules().items()
        for name in violations(module, file.read_text())
    }
    assert {excepted(*each) for each in found} >= EXCEPTIONS.keys()


def test_no_imports_form_a_cycle():
    ours = modules()
    graph = {module: imports(file.read_text(), module) for module, file in ours.items()}
    TopologicalSorter({module: graph[module] & ours.keys() for module in ours}).prepare()


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("messaging.backends.memory.presence", "import django.db.models"),
        ("messaging.backends.memory.mailbox", "from messaging.delivery import groups"),
        ("messaging.backends.memory.mailbox", "from .. import redis"),
        ("messaging.domain.messages", "from ..views.chat import home"),
        ("messaging.delivery.actions", "def late():\n    from messaging.rendering import text"),
        ("messaging.consumers.websocket", "from django import template"),
        ("messaging.views.chat", "from channels.layers import get_channel_layer"),
        ("messaging.views.chat", "from accounts.models import User"),
        ("accounts.models.user", "from config.settings import env"),
        ("accounts.models.user", "from accounts import sessions"),
        ("accounts.auth.passkeys", "from django.http import HttpRequest"),
        ("config.pwa", "from messaging.views import chat"),
    ],
)
def test_every_kind_of_forbidden_import_is_found(module, source):
    assert violations(module, source)


def test_one_module_reads_the_environment():
    readers = {
        module for module, file in modules().items() if reads_the_environment(file.read_text())
    }
    assert readers == {"config.environment"}


# Functions that don't reveal who is online: a person's own windows, and changes that each window
# filters for its viewer.
LEASES = """
arrive close hide is_idle lease_count leave reach request_resync take_changes take_resync_request
"""


def reads_presence(source: str) -> bool:
    used = set(re.findall(r'(?<![\w."])presence\.(\w+)', source))
    return bool(used - set(LEASES.split()) or re.search(r"presence as", source))


def test_presence_is_read_in_one_place_that_knows_the_viewer():
    readers = {module for module, file in modules().items() if reads_presence(file.read_text())}
    # The second one only counts people for operators.
    assert readers == {"messaging.people.visibility", "messaging.ops.metrics"}


def test_no_module_is_a_collection_of_unrelated_helpers():
    names = {module.rpartition(".")[2] for module in modules()}
    assert names.isdisjoint({"utils", "helpers", "common"})
