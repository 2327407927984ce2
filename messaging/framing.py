"""What pages without JavaScript say about frames: one of ours holds others of ours, and nobody else holds any."""

from django.conf import settings

_POLICY = settings.SECURITY_HEADERS["Content-Security-Policy"]
HOLDING = {"Content-Security-Policy": f"{_POLICY}; frame-src 'self'"}
HELD = {
    "Content-Security-Policy": _POLICY.replace("frame-ancestors 'none'", "frame-ancestors 'self'"),
    "X-Frame-Options": "SAMEORIGIN",
}
