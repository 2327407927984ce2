"""The addresses to which pushes may be sent.

A browser names the address, so a request must not reach anything but a push service (SSRF).
"""

import re

from django.conf import settings
from django.http.request import validate_host

MAX_LENGTH = 1_000  # characters
# Port 443 alone, no user name, no fragment, and nothing that programs parse differently.
ENDPOINT = re.compile(r"https://([a-z0-9.-]+)(?::443)?(/[!\"$-~]*)")


def split(endpoint: str) -> tuple[str, str] | None:
    """Return the host and the path with the query, or None if nothing may be sent there."""
    found = ENDPOINT.fullmatch(endpoint) if len(endpoint) <= MAX_LENGTH else None
    if found is None or not validate_host(found[1], settings.PUSH_SERVICES):
        return None
    return found[1], found[2]
