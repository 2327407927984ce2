"""Everything the database holds about somebody, found by the models themselves: one that is added
later is in it.
"""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db.models import BinaryField, Field, ManyToManyField, Model, QuerySet
from django.utils import translation

from accounts import deletion

if TYPE_CHECKING:
    from accounts.models import User

ENCRYPTED = "there, and encrypted"
WITHHELD = "there, and withheld: with it somebody could get into the account"
# The same for everybody: whether there are any would say who made them.
NOT_TOLD = (
    "not told, whether there are any or not: encrypted, for the administrators alone, for "
    "at most 30 days"
)
# What opens an account has no place in a file that lies about; that it is there is said. By their
# names, so that a column that comes later is rather withheld than told.
OPENS = re.compile("password|digest|secret|token|session_key|session_data|hash|link")


Rows = list[dict[str, object]]


def export(user: "User") -> dict[str, Any]:
    """For each table with rows about this person, those rows, with every column. In English whoever
    asks: programs read it too, by names that must not change.
    """
    with translation.override(settings.LANGUAGE_CODE):
        found = {
            str(model._meta.verbose_name_plural): rows
            for model in apps.get_models()
            if (rows := _rows(model, user))
        }
        return {**found, "reports by others": NOT_TOLD}


def _rows(model: type[Model], user: "User") -> Rows:
    return [_columns(row) for row in rows_about(model, user)]


def rows_about(model: type[Model], user: "User") -> Iterator[Model]:
    """The rows of a table that are this person, or belong to them by any column; and notes about
    them.
    """
    seen = set()
    for query in _queries(model, user):
        for row in query:
            if row.pk not in seen:
                seen.add(row.pk)
                yield row


def _queries(model: type[Model], user: "User") -> Iterator[QuerySet]:
    if isinstance(
        user, model
    ):  # one's own row alone: that others point to one, as by a block, is theirs
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
        yield deletion.log_entries_about(user)


def _is_hidden(field: Field) -> bool:
    """A relation that people do not see from their own side, as who has blocked or reported them:
    it is told to the other alone.
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
    if OPENS.search(field.name):
        return WITHHELD if value else ""
    if isinstance(field, BinaryField):
        return ENCRYPTED if "sealed" in field.name else bytes(value).hex()
    return [str(other) for other in value] if isinstance(field, ManyToManyField) else value


def _decoded(row: AbstractBaseSession) -> dict[str, object]:
    return {
        key: WITHHELD if OPENS.search(key) else value for key, value in row.get_decoded().items()
    }
