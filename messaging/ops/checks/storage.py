"""Check that nothing stores messages: files, caches, Redis, browsers, swap."""

import json
import re
import tempfile

from django.conf import settings
from django.core import checks
from django.core.checks import register
from django.template import Engine

from messaging.backends.redis import persistence
from messaging.ops.checks import TAG, Findings, breach, machine

HTMX_CONFIG = re.compile(r"""<meta name="htmx-config" content='([^']*)'""")


@register(TAG)
def bodies_are_read_in_memory(**kwargs: object) -> Findings:
    """Check that large bodies are buffered in memory. The server uses the same directory (see
    config.asgi).
    """
    directory = str(settings.FILE_UPLOAD_TEMP_DIR or tempfile.gettempdir())
    if machine.is_in_memory(directory):
        return
    message = f"Large requests are written to files in {directory}, which may be on a disk."
    if machine.is_in_memory(machine.SHARED_MEMORY):
        hint = f"Set FILE_UPLOAD_TEMP_DIR to {machine.SHARED_MEMORY}, or to another tmpfs."
        yield breach(7, message, hint)
    else:
        hint = "Run public sites on Linux, where the default is /dev/shm, which is in memory."
        yield checks.Warning(message, hint=hint, id="sotto.W007")


@register(TAG)
def htmx_keeps_no_pages(**kwargs: object) -> Findings:
    config = _htmx_config()
    if config.get("historyCacheSize") != 0 or config.get("historyRestoreAsHxRequest") is not False:
        yield breach(
            8,
            "htmx stores copies of pages, with their conversations, in the browser.",
            'Put "historyCacheSize":0 and "historyRestoreAsHxRequest":false into the content of '
            "the meta element htmx-config in messaging/_htmx.html.",
        )


@register(TAG)
def the_channel_layer_keeps_nothing(**kwargs: object) -> Findings:
    layers = [str(layer["BACKEND"]) for layer in settings.CHANNEL_LAYERS.values()]
    if any(layer.startswith("channels_redis.core.") for layer in layers):
        yield breach(
            9,
            "This channel layer stores messages as keys in Redis, which may save them to disk.",
            "Use messaging.backends.redis.channel_layer.RedisLayer in CHANNEL_LAYERS. It is the "
            "default if REDIS_URL is set.",
        )


@register(TAG, deploy=True)
def redis_keeps_nothing(**kwargs: object) -> Findings:
    """Warn if Redis saves to disk, where encrypted messages would outlive their expiry."""
    if not settings.REDIS_URL:
        return
    kept = persistence.look(settings.REDIS_URL)
    if kept:
        yield checks.Warning(
            f"Redis saves its data to disk: {kept}.",
            hint="Start Redis with --save '' --appendonly no. Messages in it are encrypted, but "
            "they would be kept.",
            id="sotto.W014",
        )
    elif kept is None:
        yield checks.Warning(
            "Redis does not answer, or does not say whether it saves its data to disk.",
            hint="Make sure that Redis is started with --save '' --appendonly no, then silence "
            "sotto.W015.",
            id="sotto.W015",
        )


@register(TAG)
def pages_are_not_cached(**kwargs: object) -> Findings:
    for name in settings.MIDDLEWARE:
        if name.startswith("django.middleware.cache."):
            yield breach(
                10,
                "The server caches its pages.",
                f"Remove {name} from MIDDLEWARE.",
            )


@register(TAG)
def pages_say_that_they_must_not_be_kept(**kwargs: object) -> Findings:
    if "config.middleware.security_headers.protect" not in settings.MIDDLEWARE:
        yield breach(
            11,
            "Pages are sent without no-store, so browsers and proxies may keep them.",
            "Put config.middleware.security_headers.protect at the beginning of MIDDLEWARE.",
        )


@register(TAG, deploy=True)
def memory_stays_off_the_disk(**kwargs: object) -> Findings:
    if machine.dumps_core():
        yield checks.Warning(
            "If the server crashes, its memory is written to a file.",
            hint="Start it after `ulimit -c 0`, or with LimitCORE=0 in its systemd unit.",
            id="sotto.W012",
        )
    if machine.swaps():
        yield checks.Warning(
            "This machine may write the server's memory to disk (swap).",
            hint="Use `swapoff -a`, or MemorySwapMax=0 in its systemd unit. If the swap is "
            "encrypted with a new key at each start, add sotto.W013 to SILENCED_SYSTEM_CHECKS.",
            id="sotto.W013",
        )


def _htmx_config() -> dict[str, object]:
    """Return htmx's configuration in our pages, or {} if invalid, because htmx ignores it then."""
    found = HTMX_CONFIG.search(Engine.get_default().get_template("messaging/_htmx.html").source)
    try:
        return json.loads(found[1]) if found else {}
    except ValueError:
        return {}
