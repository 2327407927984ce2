"""Reports to the administrators, filed with `person.reports_made.file(...)`.

The content is encrypted. Reports are deleted after REPORTS_KEPT_DAYS.
"""

import json
import uuid
from datetime import date, timedelta
from typing import TypedDict

from django.conf import settings
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.contenttypes.models import ContentType
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from accounts import write_ahead_log
from accounts.encryption import Unreadable, decrypt, encrypt

PURPOSE = b"reports"
READ = "Read."


class Content(TypedDict):
    reporter: tuple[int, str]  # id and name
    reported: tuple[int, str]
    reason: str
    note: str
    messages: list[dict[str, object]]  # with `is_verified`


class ReportManager(models.Manager["Report"]):
    def file(self, reported_id: int, content: Content) -> "Report":
        """Encrypt and store a report."""
        Report.objects.delete_expired()
        pk, day, messages = uuid.uuid4(), timezone.now().date(), content["messages"]
        return self.create(
            pk=pk,
            day=day,
            reported_id=reported_id,
            messages=len(messages),
            verified=sum(bool(message["is_verified"]) for message in messages),
            sealed=_encrypt(content, pk, day),
        )

    def count_unread(self, but_about: AbstractBaseUser) -> int:
        """Return the number of unread and unhandled reports that are not about the given user."""
        waiting = self.filter(is_handled=False, day__gt=_last_day()).exclude(reported=but_about.pk)
        read = set(_log().filter(change_message=READ).values_list("object_id", flat=True))
        return sum(str(pk) not in read for pk in waiting.values_list("pk", flat=True))

    def delete_expired(self) -> None:
        """Delete expired reports, and log entries that are just as old."""
        delete_reports(self.filter(day__lte=_last_day()))
        _log().filter(action_time__date__lte=_last_day()).delete()


class Report(models.Model):
    """A report. It is kept when the account of the reporter or reported user is deleted."""

    id = models.UUIDField(primary_key=True, editable=False)
    reporter = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        editable=False,
        related_name="reports_made",
        verbose_name=_("reporter"),
    )
    # There is no reverse relation, so that the reported user's download does not name the reporter.
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
        # Leave out names, because the admin's log keeps this text longer.
        return gettext("a report of %(day)s") % {"day": self.day}

    def content(self) -> Content | None:
        """Decrypt the content. Return None if it was altered or its key is lost."""
        try:
            sealed, bound_to = bytes(self.sealed), _bound_to(self.pk, self.day)
            return json.loads(decrypt(PURPOSE, sealed, bound_to=bound_to, key=settings.REPORTS_KEY))
        except Unreadable:
            return None

    def open_for(self, user: AbstractBaseUser) -> Content | None:
        """Log that the user has read this report, and return its content."""
        LogEntry.objects.create(
            user_id=user.pk,
            content_type=ContentType.objects.get_for_model(Report),
            object_id=str(self.pk),
            object_repr=str(self),
            action_flag=CHANGE,
            change_message=READ,
        )
        return self.content()

    def readings(self) -> models.QuerySet[LogEntry]:
        """Return the log entries about reading this report, newest first."""
        entries = _log().filter(object_id=str(self.pk), change_message=READ)
        return entries.select_related("user").order_by("-pk")


def delete_reports(reports: models.QuerySet[Report]) -> None:
    with transaction.atomic():
        if reports.delete()[0]:
            transaction.on_commit(write_ahead_log.empty_soon)


def _last_day() -> date:
    """Return the most recent day whose reports have expired."""
    return timezone.now().date() - timedelta(days=settings.REPORTS_KEPT_DAYS)


def _log() -> models.QuerySet[LogEntry]:
    return LogEntry.objects.filter(content_type=ContentType.objects.get_for_model(Report))


def _encrypt(content: Content, pk: uuid.UUID, day: date) -> bytes:
    text = json.dumps(content).encode()
    return encrypt(PURPOSE, text, bound_to=_bound_to(pk, day), key=settings.REPORTS_KEY)


def _bound_to(pk: uuid.UUID, day: date) -> bytes:
    """Return the data that binds encrypted content to its row and day."""
    return f"{pk} {day}".encode()
