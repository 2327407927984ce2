"""System checks refuse each setting under which messages could be kept, and say what to change."""

import logging
import os
import subprocess
import sys
import tempfile
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.core.checks import run_checks
from django.template import Context, Engine
from django.utils.log import AdminEmailHandler

from messaging.backends.redis import persistence
from messaging.ops.checks import logs, machine, storage
from tests.support.fresh_copy import ROOT
from tests.support.programs import free_port
from tests.support.stores import Redis

SHARED_MEMORY = machine.SHARED_MEMORY
DISK = "/somewhere/on/a/disk"
SECRET = "a heron stood in the canal"
MOUNTS = r"""
/dev/vda / ext4 rw 0 0
tmpfs /dev/shm tmpfs rw 0 0
tmpfs /run/a\040room tmpfs rw 0 0
tmpfs /srv tmpfs rw 0 0
/dev/vdb /srv xfs rw 0 0
""".strip()


@pytest.fixture(autouse=True)
def ordinary_linux(monkeypatch):
    """Pretend that only /dev/shm is in memory, and that there is no swap and no core dump."""
    monkeypatch.setattr(machine, "is_in_memory", lambda directory: directory == SHARED_MEMORY)
    monkeypatch.setattr(machine, "dumps_core", lambda: False)
    monkeypatch.setattr(machine, "swaps", lambda: False)


@pytest.fixture(autouse=True)
def default_directory(settings):
    settings.FILE_UPLOAD_TEMP_DIR = SHARED_MEMORY


def found(deploy=False):
    return run_checks(tags=[storage.TAG], include_deployment_checks=deploy)


def ids(**options):
    return [finding.id for finding in found(**options)]


def test_the_default_settings_pass():
    assert ids(deploy=True) == []


BREACHES = {
    "a reporter of one's own": ("E004", {"DEFAULT_EXCEPTION_REPORTER": "reports.Chatty"}),
    "a filter of one's own": ("E004", {"DEFAULT_EXCEPTION_REPORTER_FILTER": "reports.Everything"}),
    "bodies on the disk": ("E007", {"FILE_UPLOAD_TEMP_DIR": DISK}),
    "a layer of lists": (
        "E009",
        {"CHANNEL_LAYERS": {"default": {"BACKEND": "channels_redis.core.RedisChannelLayer"}}},
    ),
    "a cache of pages": (
        "E010",
        {
            "MIDDLEWARE": [
                "config.middleware.security_headers.protect",
                "django.middleware.cache.CacheMiddleware",
            ]
        },
    ),
    "half a cache": (
        "E010",
        {
            "MIDDLEWARE": [
                "config.middleware.security_headers.protect",
                "django.middleware.cache.FetchFromCacheMiddleware",
            ]
        },
    ),
    "pages without headers": (
        "E011",
        {"MIDDLEWARE": ["django.middleware.common.CommonMiddleware"]},
    ),
}


@pytest.mark.parametrize(("number", "values"), BREACHES.values(), ids=BREACHES.keys())
def test_a_setting_that_breaks_the_promise_is_refused(settings, number, values):
    for name, value in values.items():
        setattr(settings, name, value)
    assert ids() == [f"sotto.{number}"]
    assert found()[0].is_serious(logging.ERROR)
    assert len(found()[0].hint) > 20


@pytest.mark.parametrize(("number", "values"), BREACHES.values(), ids=BREACHES.keys())
def test_a_developer_is_warned_instead(settings, number, values):
    settings.DEBUG = True
    for name, value in values.items():
        setattr(settings, name, value)
    assert ids() == [f"sotto.{number.replace('E', 'W')}"]
    assert not found()[0].is_serious(logging.ERROR)


@pytest.mark.parametrize(
    "layer",
    [
        "channels.layers.InMemoryChannelLayer",
        "channels_redis.pubsub.RedisPubSubChannelLayer",
        "messaging.backends.redis.channel_layer.RedisLayer",
    ],
)
def test_a_channel_layer_that_stores_nothing_passes(settings, layer):
    settings.CHANNEL_LAYERS = {"default": {"BACKEND": layer}}
    assert ids() == []


# Logs


@pytest.mark.parametrize("name", logs.REQUEST_LOGS)
def test_a_request_log_is_refused_by_its_logger(caplog, name):
    with caplog.at_level(logging.INFO, logger=name):
        assert ids() == ["sotto.E001"]
        assert name in found()[0].msg
        assert name in found()[0].hint


@pytest.mark.parametrize("name", logs.CONTENT_LOGS)
def test_a_log_of_message_contents_is_refused_by_its_logger(caplog, name):
    with caplog.at_level(logging.DEBUG, logger=name):
        assert ids() == ["sotto.E002"]
        assert name in found()[0].hint


@pytest.mark.parametrize("level", ["DEBUG", "INFO", "ERROR"])
def test_every_documented_log_level_passes(level):
    environment = {**os.environ, "LOG_LEVEL": level, "SECRET_KEY": "for-tests-only"}
    command = [
        sys.executable,
        "manage.py",
        "check",
        "--tag",
        storage.TAG,
        "--fail-level",
        "WARNING",
    ]
    checked = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert (checked.returncode, "no issues" in checked.stdout) == (0, True), checked.stderr


def test_the_template_engine_would_log_text_at_debug_level(caplog):
    """Show why `django.template` must not log at DEBUG."""
    message = Engine().from_string("{{ message.txet }}")
    message.render(Context({"message": {"text": SECRET}}))
    assert SECRET not in caplog.text
    with caplog.at_level(logging.DEBUG, logger="django.template"):
        message.render(Context({"message": {"text": SECRET}}))
    assert SECRET in caplog.text


# Error reports


@pytest.fixture
def mails():
    """Return the handlers of a logger, and clear them afterwards."""
    logger = logging.getLogger("accounts.somewhere")
    yield logger.handlers
    logger.handlers.clear()


def test_error_mails_with_variables_are_refused(mails):
    mails.append(AdminEmailHandler(include_html=True))
    assert ids() == ["sotto.E003"]


def test_error_mails_without_variables_pass(mails):
    mails.append(AdminEmailHandler())
    assert ids() == []


def sentry(*, is_active=True, **options):
    client = SimpleNamespace(options=options, is_active=lambda: is_active)
    return SimpleNamespace(get_client=lambda: client)


@pytest.mark.parametrize(
    "module",
    [
        sentry(),
        sentry(include_local_variables=False),
        sentry(max_request_body_size="never"),
        sentry(include_local_variables=True, max_request_body_size="never"),
        sentry(include_local_variables=False, max_request_body_size="small"),
        SimpleNamespace(init=print),  # older than get_client
    ],
)
def test_a_sentry_setup_that_sends_variables_is_refused(monkeypatch, module):
    monkeypatch.setitem(sys.modules, "sentry_sdk", module)
    assert ids() == ["sotto.E005"]


@pytest.mark.parametrize(
    "module",
    [sentry(include_local_variables=False, max_request_body_size="never"), sentry(is_active=False)],
)
def test_a_sentry_setup_that_sends_none_or_is_inactive_passes(monkeypatch, module):
    monkeypatch.setitem(sys.modules, "sentry_sdk", module)
    assert ids() == []


@pytest.mark.parametrize(
    "url", ["https://chat.example.org", "http://192.168.1.5:8000", "http://localhost.example.org"]
)
def test_debug_on_a_reachable_host_is_refused_and_not_only_warned_about(settings, url):
    settings.DEBUG, settings.SITE_URL = True, url
    assert ids() == ["sotto.E006"]
    settings.DEBUG = False
    assert ids() == []


@pytest.mark.parametrize(
    "url", ["http://localhost:8000", "http://127.0.0.1", "http://[::1]:8000", "http://a.localhost"]
)
def test_debug_on_a_local_machine_passes(settings, url):
    settings.DEBUG, settings.SITE_URL = True, url
    assert ids() == []


# Pages


@pytest.mark.parametrize(
    "content",
    [
        '{"historyCacheSize":10,"historyRestoreAsHxRequest":false}',
        '{"historyCacheSize":0,"historyRestoreAsHxRequest":true}',
        '{"historyCacheSize":0}',
        '{"historyRestoreAsHxRequest":false}',
        '{"historyCacheSize":0,"historyRestoreAsHxRequest":false',
        None,
    ],
)
def test_htmx_history_snapshots_are_refused(settings, tmp_path, content):
    page = tmp_path / "messaging" / "_htmx.html"
    page.parent.mkdir()
    page.write_text(
        f"<meta name=\"htmx-config\" content='{content}'>" if content else "<p>No word to htmx.</p>"
    )
    settings.TEMPLATES = [{**settings.TEMPLATES[0], "DIRS": [tmp_path]}]
    assert ids() == ["sotto.E008"]


# Memory and disk


def test_the_default_temporary_directory_is_checked(settings, monkeypatch):
    settings.FILE_UPLOAD_TEMP_DIR = None
    monkeypatch.setattr(tempfile, "tempdir", DISK)
    assert ids() == ["sotto.E007"]
    assert DISK in found()[0].msg
    monkeypatch.setattr(tempfile, "tempdir", SHARED_MEMORY)
    assert ids() == []


def test_a_temporary_directory_on_disk_is_only_a_warning(settings, monkeypatch):
    monkeypatch.setattr(machine, "is_in_memory", lambda directory: None)
    settings.FILE_UPLOAD_TEMP_DIR = None
    assert ids() == ["sotto.W007"]
    assert "Linux" in found()[0].hint


@pytest.mark.parametrize(("fact", "id"), [("dumps_core", "sotto.W012"), ("swaps", "sotto.W013")])
def test_memory_that_can_reach_the_disk_is_a_warning_at_deployment(monkeypatch, fact, id):
    monkeypatch.setattr(machine, fact, lambda: True)
    assert ids(deploy=True) == [id]
    assert ids() == []


@pytest.mark.parametrize(
    ("directory", "kind"),
    [
        ("/", "ext4"),
        (SHARED_MEMORY, "tmpfs"),
        (f"{SHARED_MEMORY}/below/it", "tmpfs"),
        (f"{SHARED_MEMORY}oo", "ext4"),
        ("/run/a room/below", "tmpfs"),
        ("/srv", "xfs"),
        (f"{SHARED_MEMORY}/../elsewhere", "ext4"),
    ],
)
def test_the_file_system_of_a_directory_is_found_in_the_mount_table(directory, kind):
    assert machine.file_system(Path(directory), MOUNTS) == kind


@pytest.mark.parametrize(
    ("devices", "is_swapping"),
    [
        ([], False),
        (["/dev/zram0 partition 1 0 100"], False),
        (["/dev/zram0 ...", "/swapfile file 1 0 -2"], True),
    ],
)
def test_compressed_swap_in_memory_is_accepted(monkeypatch, tmp_path, devices, is_swapping):
    monkeypatch.undo()  # undo `ordinary_linux`
    monkeypatch.setattr(machine, "SWAPS", tmp_path / "swaps")
    machine.SWAPS.write_text("\n".join(["Filename Type Size Used Priority", *devices]))
    assert machine.swaps() is is_swapping


@pytest.mark.skipif(
    sys.platform != "linux", reason="other machines may have no directory in memory"
)
def test_large_bodies_are_written_to_memory_on_any_machine(tmp_path):
    ask = "import config.asgi, tempfile; print(tempfile.gettempdir())"
    environment = {**os.environ, "TMPDIR": str(tmp_path), "SECRET_KEY": "for-tests-only"}
    answer = subprocess.run(
        [sys.executable, "-c", ask], cwd=ROOT, env=environment, capture_output=True, check=True
    )
    assert answer.stdout.decode().strip() == SHARED_MEMORY


# Redis


@pytest.fixture
def keeper():
    store = Redis(keeps=True).start()
    yield store
    store.close()


def test_a_redis_without_persistence_passes(settings, redis_url):
    settings.REDIS_URL = redis_url
    assert ids(deploy=True) == []


def test_a_redis_that_writes_to_a_disk_is_a_warning_at_deployment(settings, keeper):
    settings.REDIS_URL = keeper.url
    assert ids(deploy=True) == ["sotto.W014"]
    assert "appendonly and save 1 1" in found(deploy=True)[0].msg
    assert ids() == []


def test_a_redis_that_forbids_config_is_reported_as_unknown(settings, keeper):
    settings.REDIS_URL = keeper.url
    with closing(persistence.connect(keeper.url)) as redis:
        redis.execute_command("ACL", "SETUSER", "default", "-config")
    assert ids(deploy=True) == ["sotto.W015"]


def test_an_unavailable_redis_is_reported_as_unknown(settings):
    settings.REDIS_URL = f"redis://127.0.0.1:{free_port()}/0"
    assert ids(deploy=True) == ["sotto.W015"]
