"""Export and delete all data about a user, including that in models added later."""

import re
from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import transaction
from django.db.models import BinaryField, Field, ManyToManyField, Model, QuerySet
from django.utils import translation

from accounts import write_ahead_log
from accounts.models import ReservedName, User

ENCRYPTED = "stored, but encrypted"
WITHHELD = "stored, but withheld because it could open the account"
# This is the same for all users, because the existence of a report may reveal its author.
NOT_DISCLOSED = (
    "not disclosed: whether there are any. Reports are encrypted, for administrators only, and "
    "kept for at most 30 days"
)
# Names of columns whose values could give access to an account, including any added later.
CREDENTIALS = re.compile("password|digest|secret|token|session_key|session_data|hash|link")

Rows = list[dict[str, object]]


def export(user: User) -> dict[str, Any]:
    """Return the rows about a user by table. Names are in English, because programs read them."""
    with translation.override(settings.LANGUAGE_CODE):
        found = {
            str(model._meta.verbose_name_plural): rows
            for model in apps.get_models()
            if (rows := _rows(model, user))
        }
        return {**found, "reports by others": NOT_DISCLOSED}


def delete_account(user: User) -> None:
    """Delete a user and all data about them. Signals close their windows."""
    with transaction.atomic():
        ReservedName.objects.reserve(user.username_key)
        log_entries_about(user).delete()
        user.delete()
        transaction.on_commit(write_ahead_log.empty_soon)


def _rows(model: type[Model], user: User) -> Rows:
    return [_columns(row) for row in rows_about(model, user)]


def rows_about(model: type[Model], user: User) -> Iterator[Model]:
    """Yield the rows of a table that are this user, refer to them, or log changes to them."""
    seen = set()
    for query in _queries(model, user):
        for row in query:
            if row.pk not in seen:
                seen.add(row.pk)
                yield row


def log_entries_about(user: User) -> QuerySet[LogEntry]:
    """Return the admin's log entries about a user, which contain their name."""
    kind = ContentType.objects.get_for_model(User)
    return LogEntry.objects.filter(content_type=kind, object_id=str(user.pk))


def _queries(model: type[Model], user: User) -> Iterator[QuerySet]:
    if isinstance(user, model):  # leave out users who have blocked this one
        yield model._default_manager.filter(pk=user.pk)
        return
    for field in (*model._meta.fields, *model._meta.many_to_many):
        if (
            isinstance(field.related_model, type)
            and isinstance(user, field.related_model)
            and not _is_hidden(field)
        ):
            yield model._default_manager.filter(**{field.name: user})
    if model is LogEntry:
        yield log_entries_about(user)


def _is_hidden(field: Field) -> bool:
    """Return whether a relation has no reverse. Then only the other user may see the row, as for
    blocks and reports.
    """
    return bool(field.remote_field and field.remote_field.hidden)


def _columns(row: Model) -> dict[str, object]:
    fields = [*row._meta.concrete_fields, *row._meta.many_to_many]
    columns = {field.name: _value(field, row) for field in fields}
    return columns | (
        {"session_data": _decoded(row)} if isinstance(row, AbstractBaseSession) else {}
    )


def _value(field: Field, row: Model) -> object:
    value = field.value_from_object(row)
    if CREDENTIALS.search(field.name):
        return WITHHELD if value else ""
    if isinstance(field, BinaryField):
        return ENCRYPTED if "sealed" in field.name else bytes(value).hex()
    return [str(other) for other in value] if isinstance(field, ManyToManyField) else value


def _decoded(row: AbstractBaseSession) -> dict[str, object]:
    return {key: _item(key, value) for key, value in row.get_decoded().items()}


def _item(key: str, value: object) -> object:
    if CREDENTIALS.search(key):
        return WITHHELD
    return ENCRYPTED if "sealed" in key else value
