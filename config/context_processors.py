"""Template variables about the site."""

from django.conf import settings
from django.http import HttpRequest


def site(request: HttpRequest) -> dict[str, object]:
    return {
        "site_name": settings.SITE_NAME,
        "site_url": settings.SITE_URL,
        "is_installable": settings.INSTALLABLE,
        # Each name is in its own language. Django's tag would translate it into the page's.
        "languages": settings.LANGUAGES,
    }
