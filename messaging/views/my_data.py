"""The page that shows what this server knows about a user."""

import logging
import math
from collections.abc import Iterator
from typing import Any, cast

from asgiref.sync import async_to_sync
from django.apps import apps
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.decorators import login_required
from django.contrib.auth.hashers import identify_hasher
from django.db.models import FileField
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.http import require_safe

from messaging import rate_limits
from messaging.backends import mailbox, presence
from messaging.domain.rate_limit import RateLimit
from messaging.views.decorators import service_unavailable

# A description of each rate limit, by its name in messaging.rate_limits.
LIMIT_NAMES = {
    "messages": pgettext_lazy("how fast", "messages"),
    "offers": pgettext_lazy("how fast", "files"),
    "typing": pgettext_lazy("how fast", "typing"),
    "searches": pgettext_lazy("how fast", "searches"),
    "reads": pgettext_lazy("how fast", "messages read"),
    "looks": pgettext_lazy("how fast", "views of this page"),
    "choices": pgettext_lazy("how fast", "setting changes"),
    "transfers": pgettext_lazy("how fast", "files received"),
    "megabytes": pgettext_lazy("how fast", "megabytes sent"),
    "reports": pgettext_lazy("how fast", "reports"),
    "pushes": pgettext_lazy("how fast", "push notifications"),
    "frames": pgettext_lazy("how fast", "everything together"),
}
OF_FILES = {"offers", "transfers", "megabytes"}
OF_PAIRS = {"push_pauses", "push_repeats"}  # counted for two people together


@require_safe
@login_required
@service_unavailable
def page(request: HttpRequest) -> HttpResponse:
    """Show counts and times, but no message, not even to its author."""
    person = cast(AbstractBaseUser, request.user)
    if seconds := math.ceil(async_to_sync(rate_limits.looks.retry_after)(person.pk)):
        return render(request, "429.html", {"seconds": seconds}, status=429)
    context = {
        "account": list(_account(person)),
        "sessions": _sessions(request.session, person),
        "reports": cast(Any, person).reports_made.count(),
        "kept_days": settings.REPORTS_KEPT_DAYS,
        "waiting": async_to_sync(mailbox.usage)(person.pk),
        "leases": presence.lease_count(person.pk),
        "paces": _rate_limits(person.pk),
        "columns": len(_columns()),
        "file_columns": sum(isinstance(column, FileField) for column in _columns()),
        "log_level": logging.getLevelName(_logger().getEffectiveLevel()),
        "log_handlers": list(_log_handlers()),
    }
    return render(request, "messaging/my_data.html", context)


def _account(person: AbstractBaseUser) -> Iterator[tuple[str, object]]:
    for column in person._meta.concrete_fields:
        value = column.value_from_object(person)
        yield (
            str(column.verbose_name),
            _password(value) if column.name == "password" else _readable(value),
        )
    for relation in person._meta.many_to_many:
        yield str(relation.verbose_name), len(relation.value_from_object(person))


def _readable(value: object) -> object:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return _("nothing") if value is None or value == "" else value


def _password(encoded: str) -> str:
    try:
        decoded = identify_hasher(encoded).decode(encoded)
    except ValueError:
        return _("none (you can’t log in with one)")
    return _("hashed with %(kind)s") % {
        "kind": decoded.get("variety", decoded["algorithm"]).capitalize()
    }


def _sessions(current: Any, person: AbstractBaseUser) -> list[dict[str, object]]:
    """Return the sessions of this user, including expired ones."""
    now = timezone.now()
    return [
        {
            "is_this": row.session_key == current.session_key,
            "ends": row.expire_date,
            "has_ended": row.expire_date < now,
        }
        for row in current.get_model_class().objects.filter(user=person.pk).order_by("-expire_date")
    ]


def _rate_limits(person_id: int) -> list[tuple[str, float]]:
    """Return each limit's name, and the seconds (to a tenth) until it counts nothing any more."""
    named = [
        (name, limit)
        for name, limit in vars(rate_limits).items()
        if isinstance(limit, RateLimit) and name not in _left_out()
    ]
    return [
        (str(LIMIT_NAMES[name]), round(async_to_sync(limit.remaining)(person_id) or 0, 1))
        for name, limit in named
    ]


def _left_out() -> set[str]:
    """Return the limits that don't apply to a single person, or whose feature is turned off."""
    of_files = OF_FILES if settings.FILES == "off" else set()
    return OF_PAIRS | of_files | (set() if settings.PUSH_KEY else {"pushes"})


def _columns() -> list[object]:
    return [
        column
        for model in apps.get_models(include_auto_created=True)
        for column in model._meta.concrete_fields
    ]


def _logger() -> logging.Logger:
    return logging.getLogger("messaging")


def _log_handlers() -> Iterator[str]:
    logger: logging.Logger | None = _logger()
    while logger:
        yield from (type(handler).__name__ for handler in logger.handlers)
        logger = logger.parent if logger.propagate else None
