"""The doctor: refuses settings under which something of what people say could be kept. `manage.py
check` asks it.

What logs and error reports could keep is in log_checks.
"""

import json
import re
import tempfile
from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.core import checks
from django.core.checks import register
from django.template import Engine

from messaging.backends.redis import persistence
from messaging.ops.checks import machine

TAG = "nothing_kept"
HTMX_CONFIG = re.compile(r"""<meta name="htmx-config" content='([^']*)'""")

Findings = Iterator[checks.CheckMessage]


def breach(number: int, message: str, hint: str) -> checks.CheckMessage:
    """An error; with DEBUG on, where the developer alone is meant to be, a warning of the same
    number.
    """
    if settings.DEBUG:
        return checks.Warning(message, hint=hint, id=f"sotto.W{number:03}")
    return checks.Error(message, hint=hint, id=f"sotto.E{number:03}")


@register(TAG)
def bodies_are_read_in_memory(**kwargs: Any) -> Findings:
    """The server and Django put large bodies into files; config.asgi gives both of them the same
    directory.
    """
    directory = str(settings.FILE_UPLOAD_TEMP_DIR or tempfile.gettempdir())
    if machine.is_in_memory(directory):
        return
    message = (
        f"Large requests are written to files in {directory}, which may be on a disk, while "
        "they are read."
    )
    if machine.is_in_memory(machine.SHARED_MEMORY):
        hint = (
            f"Set FILE_UPLOAD_TEMP_DIR to {machine.SHARED_MEMORY}, or to another directory on "
            "a tmpfs."
        )
        yield breach(7, message, hint)
    else:
        hint = (
            "For a public site use Linux, where /dev/shm is held in memory and chosen without "
            "being asked for."
        )
        yield checks.Warning(message, hint=hint, id="sotto.W007")


@register(TAG)
def htmx_keeps_no_pages(**kwargs: Any) -> Findings:
    config = _htmx_config()
    if config.get("historyCacheSize") != 0 or config.get("historyRestoreAsHxRequest") is not False:
        yield breach(
            8,
            "htmx keeps copies of pages in the browser's storage, with the conversation in them.",
            'In messaging/_htmx.html, write "historyCacheSize":0 and '
            '"historyRestoreAsHxRequest":false '
            "into the content of the meta element htmx-config.",
        )


@register(TAG)
def the_channel_layer_keeps_nothing(**kwargs: Any) -> Findings:
    if any(
        str(layer["BACKEND"]).startswith("channels_redis.core.")
        for layer in settings.CHANNEL_LAYERS.values()
    ):
        yield breach(
            9,
            (
                "This channel layer stores messages as keys in Redis, and Redis may save them to "
                "its "
                "disk."
            ),
            "In CHANNEL_LAYERS, use messaging.backends.redis.channel_layer.RedisLayer, which is "
            "there as soon "
            "as REDIS_URL is set.",
        )


@register(TAG, deploy=True)
def redis_keeps_nothing(**kwargs: Any) -> Findings:
    """What lies there is sealed and has an expiry; on a disk, or in a copy of it, it would outlive
    both.
    """
    if not settings.REDIS_URL:
        return
    kept = persistence.look(settings.REDIS_URL)
    if kept:
        yield checks.Warning(
            f"Redis writes what it holds to a disk: {kept}.",
            hint=(
                "Start it with --save '' --appendonly no. What waits there is encrypted, but it "
                "would be kept."
            ),
            id="sotto.W014",
        )
    elif kept is None:
        yield checks.Warning(
            (
                "Whether Redis writes what it holds to a disk is unknown: it cannot be asked, or "
                "does "
                "not say."
            ),
            hint=(
                "See to it that it is started with --save '' --appendonly no, and silence "
                "sotto.W015 then."
            ),
            id="sotto.W015",
        )


@register(TAG)
def pages_are_not_cached(**kwargs: Any) -> Findings:
    for name in settings.MIDDLEWARE:
        if name.startswith("django.middleware.cache."):
            yield breach(
                10,
                "The server keeps copies of its pages in a cache.",
                f"Remove {name} from MIDDLEWARE.",
            )


@register(TAG)
def pages_say_that_they_must_not_be_kept(**kwargs: Any) -> Findings:
    if "config.middleware.security_headers.protect" not in settings.MIDDLEWARE:
        yield breach(
            11,
            "Pages are sent without the word no-store, so that browsers and proxies may keep them.",
            "Put config.middleware.security_headers.protect at the beginning of MIDDLEWARE.",
        )


@register(TAG, deploy=True)
def memory_stays_off_the_disk(**kwargs: Any) -> Findings:
    if machine.dumps_core():
        yield checks.Warning(
            "If the server crashes here, its memory is written to a file.",
            hint="Start it behind `ulimit -c 0`, or with LimitCORE=0 in its systemd unit.",
            id="sotto.W012",
        )
    if machine.swaps():
        yield checks.Warning(
            "This machine may move the server's memory to a disk (swap).",
            hint="Use `swapoff -a`, or MemorySwapMax=0 in its systemd unit. If the swap is "
            "encrypted with a key that "
            "is new at every start, all is well: add sotto.W013 to SILENCED_SYSTEM_CHECKS.",
            id="sotto.W013",
        )


def _htmx_config() -> dict[str, Any]:
    """As the source of every page with htmx has it. What cannot be read is as good as empty: htmx
    ignores it too.
    """
    found = HTMX_CONFIG.search(Engine.get_default().get_template("messaging/_htmx.html").source)
    try:
        return json.loads(found[1]) if found else {}
    except ValueError:
        return {}
