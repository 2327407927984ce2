"""The manifest, service worker and offline page of the progressive web app.

They are the same for all users and contain no personal data.
"""

from hashlib import sha256

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import path
from django.utils.translation import get_language, gettext
from django.views.decorators.http import require_safe

# The light background colour of static/css/tokens.css. A manifest cannot have a dark one too.
CANVAS = "#f9f5ef"
OFFLINE = (
    "css/tokens.css",
    "css/base.css",
    "css/modes.css",
    "js/page/lifecycle.js",
    "img/mark.svg",
)
ICONS = [
    ("img/icon.svg", "any", "image/svg+xml", "any"),
    ("img/icon-192.png", "192x192", "image/png", "any"),
    ("img/icon-512.png", "512x512", "image/png", "any"),
    ("img/icon-maskable-512.png", "512x512", "image/png", "maskable"),
]


@require_safe
def manifest(request: HttpRequest) -> HttpResponse:
    """Return the web app manifest (W3C). It has no `share_target`, because shared text would be
    stored on the server or in the worker until the user chooses a recipient.
    """
    if not settings.INSTALLABLE:
        raise Http404
    described = {
        "id": "/",
        "start_url": "/",
        "scope": "/",
        "name": settings.SITE_NAME,
        "short_name": settings.SITE_NAME,
        "description": gettext("Private, temporary chat. Nothing you write is stored."),
        "lang": get_language(),
        "dir": "auto",
        "display": "standalone",
        # A new window would be empty, but one that is already open shows the conversation.
        "launch_handler": {"client_mode": ["focus-existing", "auto"]},
        "theme_color": CANVAS,
        "background_color": CANVAS,
        "icons": [
            {"src": static(file), "sizes": sizes, "type": kind, "purpose": purpose}
            for file, sizes, kind, purpose in ICONS
        ],
    }
    return JsonResponse(described, content_type="application/manifest+json")


@require_safe
def worker(request: HttpRequest) -> HttpResponse:
    """Return the service worker. Its version changes with the offline page, its files and the
    language. If INSTALLABLE is off, return a worker that unregisters itself. Without PUSH_KEY, it
    doesn't listen to push services.
    """
    template = "worker.js" if settings.INSTALLABLE else "worker_leaves.js"
    files = _offline_files()
    version = sha256("\n".join([*files, _offline_page()]).encode()).hexdigest()[:12]
    values = {
        "version": version,
        "files": files,
        "has_push": bool(settings.PUSH_KEY),
        "site_name": settings.SITE_NAME,
        "news": gettext("Someone is trying to reach you."),
        "lang": get_language(),
    }
    script = render_to_string(template, values)
    return HttpResponse(script, content_type="text/javascript; charset=utf-8")


@require_safe
def offline(request: HttpRequest) -> HttpResponse:
    return HttpResponse(_offline_page())


def _offline_page() -> str:
    # Render without the request, so that the page cannot contain personal data.
    *styles, script, icon = _offline_files()
    values = {"site_name": settings.SITE_NAME, "styles": styles, "script": script, "icon": icon}
    return render_to_string("offline.html", values)


def _offline_files() -> list[str]:
    """Return URLs that only the offline page uses, so that no other page gets a file from the
    worker: it may be old if file names contain no hashes.
    """
    return [f"{static(file)}?offline" for file in OFFLINE]


urlpatterns = [
    path("manifest.webmanifest", manifest, name="manifest"),
    path("worker.js", worker, name="worker"),
    path("offline/", offline, name="offline"),
]
