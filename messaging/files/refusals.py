"""Reasons for which a socket is closed."""

from django.utils.translation import gettext as _

from messaging.consumers import close_codes


class Closed(Exception):
    """A socket must be closed. Its user sees `reason`."""

    def __init__(self, code: int, reason: str = "") -> None:
        super().__init__(code)
        self.code, self.reason = code, reason


class Invalid(Closed):
    """A page broke the protocol."""

    def __init__(self, reason: str) -> None:
        super().__init__(close_codes.INVALID, reason)


class Busy(Closed):
    """A limit was reached, so the page tries again later."""

    def __init__(self, reason: str = "") -> None:
        waiting = _("Other files are being transferred. This page will try again soon.")
        super().__init__(close_codes.BUSY, reason or waiting)
