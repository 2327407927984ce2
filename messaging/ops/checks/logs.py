"""Check that logs and error reports contain no messages and no requests."""

import ipaddress
import logging
import sys
from collections.abc import Iterator, Mapping
from urllib.parse import urlsplit

from django.conf import global_settings, settings
from django.core import checks
from django.core.checks import register
from django.utils.log import AdminEmailHandler

from messaging.ops.checks import TAG, Findings, breach

# At INFO, these log requests, whose paths reveal who talks to whom.
REQUEST_LOGS = ("django.server", "django.channels.server", "uvicorn.access", "uvicorn.error")
# At DEBUG, these log content: SQL with its values, template contexts, whole frames.
CONTENT_LOGS = ("django.db.backends", "django.template", "websockets.server")
REPORTERS = ("DEFAULT_EXCEPTION_REPORTER", "DEFAULT_EXCEPTION_REPORTER_FILTER")


@register(TAG)
def requests_are_not_logged(**kwargs: object) -> Findings:
    if names := _writing(REQUEST_LOGS, logging.INFO):
        yield breach(
            1,
            f"Requests are logged by {names}. They show who talks to whom, and when.",
            f"Set the level of {names} to WARNING in LOGGING.",
        )


@register(TAG)
def content_is_not_logged(**kwargs: object) -> Findings:
    if names := _writing(CONTENT_LOGS, logging.DEBUG):
        yield breach(
            2,
            f"Content is logged by {names}: queries, templates or frames, with their values.",
            f"Set the level of {names} to INFO in LOGGING. All others can stay at DEBUG.",
        )


@register(TAG)
def error_mails_hold_no_variables(**kwargs: object) -> Findings:
    if any(
        isinstance(handler, AdminEmailHandler) and handler.include_html for handler in _handlers()
    ):
        yield breach(
            3,
            "Error mails show local variables, which may contain messages.",
            "Remove include_html from the AdminEmailHandler in LOGGING.",
        )


@register(TAG)
def error_reports_are_the_known_ones(**kwargs: object) -> Findings:
    for name in REPORTERS:
        if getattr(settings, name) != getattr(global_settings, name):
            yield breach(
                4,
                f"{getattr(settings, name)} makes error reports, and no test proves what it omits.",
                f"Remove {name} from the settings.",
            )


@register(TAG)
def sentry_sees_no_variables(**kwargs: object) -> Findings:
    options = _sentry_options()
    if options is None:
        return
    if (
        options.get("include_local_variables", True)
        or options.get("max_request_body_size", "medium") != "never"
    ):
        yield breach(
            5,
            "Sentry receives and stores local variables or request bodies.",
            "Call sentry_sdk.init with include_local_variables=False and "
            'max_request_body_size="never".',
        )


@register(TAG)
def debug_pages_are_for_the_developer(**kwargs: object) -> Findings:
    if settings.DEBUG and not _is_this_machine(urlsplit(settings.SITE_URL).hostname or ""):
        yield checks.Error(
            f"DEBUG is on, and others can reach {settings.SITE_URL}. Error pages show them local "
            "variables.",
            hint="Set DEBUG=off, or set SITE_URL to an address on localhost.",
            id="sotto.E006",
        )


def _writing(names: tuple[str, ...], level: int) -> str:
    """Return the names of the loggers that log at this level, separated by commas."""
    loggers = [logging.getLogger(name) for name in names]
    return ", ".join(
        logger.name for logger in loggers if logger.isEnabledFor(level) and logger.hasHandlers()
    )


def _handlers() -> Iterator[logging.Handler]:
    for logger in [logging.root, *logging.root.manager.loggerDict.values()]:
        yield from getattr(logger, "handlers", [])  # placeholders have none


def _sentry_options() -> Mapping[str, object] | None:
    """Return Sentry's options, None if it was not started, or {} if it is too old to say."""
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
