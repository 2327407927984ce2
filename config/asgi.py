"""The ASGI application, which serves pages over HTTP and a WebSocket for each open window."""

import os
import tempfile

from django.core.asgi import get_asgi_application

from config import startup, uvicorn_options

startup.limit_malloc_to_one_arena()
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django_http = get_asgi_application()  # must come before the imports of models below

from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402
from django.conf import settings  # noqa: E402
from django.core.checks import run_checks  # noqa: E402
from django.core.exceptions import ImproperlyConfigured  # noqa: E402
from django.urls import re_path  # noqa: E402

from config.asgi_middleware.client_address import with_client_address  # noqa: E402
from config.asgi_middleware.probes import with_probes  # noqa: E402
from config.asgi_middleware.threads import with_bypass, with_thread_pool  # noqa: E402
from config.asgi_middleware.websocket_origin import (  # noqa: E402
    refuse_handshake,
    with_origin_check,
)
from config.log_formatters import with_log_context  # noqa: E402
from config.middleware.request_body import with_body_limit  # noqa: E402
from config.middleware.security_headers import with_security_headers  # noqa: E402
from messaging.domain import sizes  # noqa: E402
from messaging.noscript import streams  # noqa: E402
from messaging.noscript.renderer import SHOWN, TRANSCRIPT  # noqa: E402
from messaging.ops import health, metrics  # noqa: E402
from messaging.routing import websocket_urlpatterns  # noqa: E402

# The server and Django spool large bodies to temporary files, which must stay in memory.
tempfile.tempdir = settings.FILE_UPLOAD_TEMP_DIR

# uvicorn's command line runs no system checks. Run those here that ensure that nothing is kept.
if errors := [
    found
    for found in run_checks(tags=["nothing_kept"])
    if found.is_serious() and not found.is_silenced()
]:
    raise ImproperlyConfigured("\n".join(map(str, errors)))

streamed = {TRANSCRIPT: streams.transcript, SHOWN: streams.receipt}
pages = with_probes(
    with_bypass(with_thread_pool(django_http), streamed),
    public={"/healthz": health.alive, "/readyz": health.ready},
    restricted={"/metrics": metrics.prometheus},
)
# The last route refuses unknown paths, for which Channels would log an error.
sockets = with_origin_check(URLRouter([*websocket_urlpatterns, re_path("", refuse_handshake)]))  # type: ignore[arg-type]
application = ProtocolTypeRouter(
    {
        "http": with_client_address(
            with_log_context(with_security_headers(with_body_limit(pages))),
            health.count_unreadable_address,
        ),
        "websocket": with_client_address(
            with_log_context(sockets), health.count_unreadable_address
        ),
        "lifespan": uvicorn_options.lifespan(health.begin, health.end, sizes.MAX_SOCKET_FRAME),
    }
)

startup.preload()
startup.collect_garbage_less_often()
