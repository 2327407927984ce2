"""The application as a server sees it: pages over HTTP, one socket for each open window."""

import os
import tempfile

from django.core.asgi import get_asgi_application

from config import runtime, uvicorn_options

runtime.share_one_heap()
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django_http = get_asgi_application()  # sets Django up; what follows may import models

from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402
from django.conf import settings  # noqa: E402
from django.core.checks import run_checks  # noqa: E402
from django.core.exceptions import ImproperlyConfigured  # noqa: E402
from django.urls import re_path  # noqa: E402

from config.asgi_middleware.bypass import beside  # noqa: E402
from config.asgi_middleware.client_address import seen_through_proxies  # noqa: E402
from config.asgi_middleware.probes import answering  # noqa: E402
from config.asgi_middleware.thread_pool import in_lasting_threads  # noqa: E402
from config.asgi_middleware.websocket_origin import refused, same_site  # noqa: E402
from config.log_formatters import told_apart  # noqa: E402
from config.middleware.request_body import limited  # noqa: E402
from config.middleware.security_headers import dressed  # noqa: E402
from messaging.domain import sizes  # noqa: E402
from messaging.noscript import streams  # noqa: E402
from messaging.noscript.renderer import SHOWN, TRANSCRIPT  # noqa: E402
from messaging.ops import health  # noqa: E402
from messaging.ops.preloading import preload  # noqa: E402
from messaging.routing import websocket_urlpatterns  # noqa: E402

# The server and Django write large bodies into temporary files while they read them: in memory, not
# on a disk.
tempfile.tempdir = settings.FILE_UPLOAD_TEMP_DIR

# A server's own command line runs no checks: what would keep what people say is refused here too.
if serious := [
    found
    for found in run_checks(tags=["nothing_kept"])
    if found.is_serious() and not found.is_silenced()
]:
    raise ImproperlyConfigured("\n".join(map(str, serious)))

pages = answering(
    beside(
        in_lasting_threads(django_http), {TRANSCRIPT: streams.transcript, SHOWN: streams.receipt}
    ),
    everybody={"/healthz": health.alive, "/readyz": health.ready},
    allowed={"/metrics": health.numbers},
)
# Where there is no socket, a handshake is refused like a foreign one, without a word in the log.
sockets = same_site(URLRouter([*websocket_urlpatterns, re_path("", refused)]))  # type: ignore[arg-type]
application = ProtocolTypeRouter(
    {
        "http": seen_through_proxies(
            told_apart(dressed(limited(pages))), health.count_unreadable_address
        ),
        "websocket": seen_through_proxies(told_apart(sockets), health.count_unreadable_address),
        "lifespan": uvicorn_options.lifespan(health.begin, health.end, sizes.MAX_SOCKET_FRAME),
    }
)

preload()
runtime.collect_more_seldom()
