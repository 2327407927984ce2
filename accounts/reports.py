"""What people report to the administrators: the one thing said here that is kept, encrypted, and
for 30 days.

A person has `reports_made`, and `reports_made.file(...)` keeps one more. In clear stand who, whom,
the day, how many messages there are and whether somebody has seen to it; names, reason, note and
words are sealed.
"""

import json
import uuid
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from accounts import write_ahead_log
from accounts.encryption import Unreadable, seal, unseal

if TYPE_CHECKING:
    from accounts.models import User

PURPOSE = b"reports"
READ = "Read."


def today() -> date:
    return timezone.now().date()


class ReportManager(models.Manager["Report"]):
    """Files reports, of somebody where it is theirs: `person.reports_made`."""

    def file(self, reported_id: int, content: dict[str, Any]) -> "Report":
        """`content` is what JSON can say; its `messages` say of each whether it `is_verified`."""
        sweep()
        pk, day, messages = uuid.uuid4(), today(), content["messages"]
        return self.create(
            pk=pk,
            day=day,
            reported_id=reported_id,
            messages=len(messages),
            verified=sum(message["is_verified"] for message in messages),
            sealed=_close(content, _bound_to(pk, day)),
        )


class Report(models.Model):
    """It outlives both accounts, or whoever is reported, or is done, could undo it: the names are
    in what is sealed.
    """

    id = models.UUIDField(primary_key=True, editable=False)
    reporter = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        editable=False,
        related_name="reports_made",
        verbose_name=_("reporter"),
    )
    # Who is reported is not told of it, not even in what they download: it would say who did it.
    reported = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=pgettext_lazy("the person", "reported"),
    )
    day = models.DateField(_("day"), editable=False)
    messages = models.PositiveSmallIntegerField(editable=False)
    verified = models.PositiveSmallIntegerField(editable=False)
    is_handled = models.BooleanField(_("handled"), default=False, editable=False)
    sealed = models.BinaryField(editable=False)

    objects = ReportManager()

    class Meta:
        ordering = ["is_handled", "-day"]
        verbose_name = _("report")
        verbose_name_plural = _("reports")

    def __str__(self) -> str:
        # Without names: notes of the administration outlive it.
        return gettext("a report of %(day)s") % {"day": self.day}


def read(report: Report, by: "User") -> dict[str, Any] | None:
    """What was reported, once it is noted who reads it; None if no key of this server opens it any
    more.
    """
    LogEntry.objects.create(
        user_id=by.pk,
        content_type=ContentType.objects.get_for_model(Report),
        object_id=str(report.pk),
        object_repr=str(report),
        action_flag=CHANGE,
        change_message=READ,
    )
    return _open(bytes(report.sealed), _bound_to(report.pk, report.day))


def readings(report: Report) -> models.QuerySet[LogEntry]:
    """Who has read it, and when; the last one first."""
    return (
        _notes()
        .filter(object_id=str(report.pk), change_message=READ)
        .select_related("user")
        .order_by("-pk")
    )


def unread(by: "User") -> int | None:
    """How many this person could read that nobody has read yet; None if they may read none."""
    if not (by.is_staff and by.has_perm("accounts.view_report")):
        return None
    waiting = Report.objects.filter(is_handled=False, day__gt=_last_day()).exclude(reported=by)
    read_ones = set(_notes().filter(change_message=READ).values_list("object_id", flat=True))
    return sum(str(pk) not in read_ones for pk in waiting.values_list("pk", flat=True))


def forget(reports: models.QuerySet[Report]) -> None:
    with transaction.atomic():
        if reports.delete()[0]:
            transaction.on_commit(write_ahead_log.empty_soon)


def sweep() -> None:
    """Forgets those whose time is over, and who has read some as long ago."""
    forget(Report.objects.filter(day__lte=_last_day()))
    _notes().filter(action_time__date__lte=_last_day()).delete()


def _last_day() -> date:
    """Of what was reported then, the time is over."""
    return today() - timedelta(days=settings.REPORTS_KEPT_DAYS)


def _notes() -> models.QuerySet[LogEntry]:
    return LogEntry.objects.filter(content_type=ContentType.objects.get_for_model(Report))


def _close(content: dict[str, Any], bound_to: bytes) -> bytes:
    return seal(PURPOSE, json.dumps(content).encode(), bound_to=bound_to, key=settings.REPORTS_KEY)


def _open(sealed: bytes, bound_to: bytes) -> dict[str, Any] | None:
    try:
        return json.loads(unseal(PURPOSE, sealed, bound_to=bound_to, key=settings.REPORTS_KEY))
    except Unreadable:
        return None


def _bound_to(pk: uuid.UUID, day: date) -> bytes:
    """What is sealed opens in its own row alone, and only under its own day."""
    return f"{pk} {day}".encode()
