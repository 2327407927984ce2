"""What every template may say about the site."""

from django.conf import settings
from django.http import HttpRequest


def site(request: HttpRequest) -> dict[str, object]:
    # Each language by its own name: Django's tag would give them in that of the page.
    return {
        "site_name": settings.SITE_NAME,
        "site_url": settings.SITE_URL,
        "is_installable": settings.INSTALLABLE,
        "languages": settings.LANGUAGES,
    }
