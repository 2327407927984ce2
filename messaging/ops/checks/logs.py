"""The doctor's look at logs and error reports: lines about requests, and tools that write down what
they meet.
"""

import ipaddress
import logging
import sys
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from django.conf import global_settings, settings
from django.core import checks
from django.core.checks import register
from django.utils.log import AdminEmailHandler

from messaging.ops.checks.storage import TAG, Findings, breach

# Their lines at INFO are requests: who, when, from where, and in the path with whom.
REQUEST_LOGS = ("django.server", "django.channels.server", "uvicorn.access", "uvicorn.error")
# At DEBUG they write down what passes through them: SQL with its values, the context of a template,
# whole frames.
CONTENT_LOGS = ("django.db.backends", "django.template", "websockets.server")
REPORTERS = ("DEFAULT_EXCEPTION_REPORTER", "DEFAULT_EXCEPTION_REPORTER_FILTER")


@register(TAG)
def requests_are_not_logged(**kwargs: Any) -> Findings:
    if names := _writing(REQUEST_LOGS, logging.INFO):
        yield breach(
            1,
            f"Every request is logged by {names}. Such lines say who talks to whom, and when.",
            f"In LOGGING, set the level of {names} to WARNING.",
        )


@register(TAG)
def content_is_not_logged(**kwargs: Any) -> Findings:
    if names := _writing(CONTENT_LOGS, logging.DEBUG):
        yield breach(
            2,
            f"What passes through the server is logged by {names}, with the values in it.",
            (
                f"In LOGGING, set the level of {names} to INFO. Everything else may be logged at "
                "DEBUG."
            ),
        )


@register(TAG)
def error_mails_hold_no_variables(**kwargs: Any) -> Findings:
    if any(
        isinstance(handler, AdminEmailHandler) and handler.include_html for handler in _handlers()
    ):
        yield breach(
            3,
            "Error mails show local variables, and a local variable may be what somebody wrote.",
            "In LOGGING, remove include_html from the handler of the class AdminEmailHandler.",
        )


@register(TAG)
def error_reports_are_the_known_ones(**kwargs: Any) -> Findings:
    for name in REPORTERS:
        if getattr(settings, name) != getattr(global_settings, name):
            yield breach(
                4,
                (
                    f"Error reports are made by {getattr(settings, name)}, and nobody has proven "
                    "what "
                    "it leaves out."
                ),
                f"Remove {name} from the settings.",
            )


@register(TAG)
def sentry_sees_no_variables(**kwargs: Any) -> Findings:
    options = _sentry_options()
    if options is None:
        return
    if (
        options.get("include_local_variables", True)
        or options.get("max_request_body_size", "medium") != "never"
    ):
        yield breach(
            5,
            "Sentry is sent local variables or the bodies of requests, and keeps them elsewhere.",
            (
                "Call sentry_sdk.init with include_local_variables=False and "
                'max_request_body_size="never".'
            ),
        )


@register(TAG)
def debug_pages_are_for_the_developer(**kwargs: Any) -> Findings:
    """An error even though DEBUG is on: it is not the developer alone who is there."""
    if settings.DEBUG and not _is_this_machine(urlsplit(settings.SITE_URL).hostname or ""):
        yield checks.Error(
            (
                f"DEBUG is on, and others can reach {settings.SITE_URL}. Its error pages show "
                "local "
                "variables to them."
            ),
            hint="Set DEBUG=off, or SITE_URL to an address at localhost.",
            id="sotto.E006",
        )


def _writing(names: tuple[str, ...], level: int) -> str:
    """Those of these loggers that write lines of this level, as a list in words."""
    loggers = [logging.getLogger(name) for name in names]
    return ", ".join(
        logger.name for logger in loggers if logger.isEnabledFor(level) and logger.hasHandlers()
    )


def _handlers() -> Iterator[logging.Handler]:
    for logger in [logging.root, *logging.root.manager.loggerDict.values()]:
        yield from getattr(logger, "handlers", [])  # a name between two dots has no logger yet


def _sentry_options() -> dict[str, Any] | None:
    """What Sentry was started with; None where it was not. A Sentry too old to be asked counts as
    its defaults.
    """
    sentry = sys.modules.get("sentry_sdk")
    if sentry is None:
        return None
    if not hasattr(sentry, "get_client"):
        return {}
    client = sentry.get_client()
    return client.options if client.is_active() else None


def _is_this_machine(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
