"""QR codes as part of a page."""

import segno
from django.utils.safestring import SafeString


def draw(address: str) -> SafeString:
    """Return an SVG element, which contains only numbers and no text of the address."""
    return SafeString(
        segno.make_qr(address, error="m").svg_inline(omitsize=True, svgclass=None, lineclass=None)
    )
