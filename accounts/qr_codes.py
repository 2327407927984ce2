"""QR codes for pages."""

import segno
from django.utils.safestring import SafeString


def draw(address: str) -> SafeString:
    """Return an SVG element. It contains only numbers, none of the address's text."""
    return SafeString(
        segno.make_qr(address, error="m").svg_inline(omitsize=True, svgclass=None, lineclass=None)
    )
