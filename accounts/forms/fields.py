"""Fields, widgets and validation that several forms share."""

from typing import TYPE_CHECKING

from django import forms
from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop, ngettext_lazy

from accounts import spelling
from accounts.models import User

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise as Words

Data = QueryDict | None  # None unless a form was posted

LONGEST_PASSWORD = 1024
NEW_PASSWORD_HELP = _(
    "At least 10 characters. 15 or more are better, and a short sentence works well."
)
TOO_LONG = ngettext_lazy(
    "Use at most %(limit_value)d character.",
    "Use at most %(limit_value)d characters.",
    "limit_value",
)


def validate_decoded(text: str) -> None:
    if "\ufffd" in text:
        raise ValidationError(_("Some characters aren’t valid. Please type it again."))


def password_field(
    label: "Words", autocomplete: str, help_text: "Words" = "", attrs: dict | None = None
) -> forms.CharField:
    # Set no maxlength attribute, because browsers would silently truncate pasted passwords.
    return forms.CharField(
        label=label,
        strip=False,
        validators=[validate_decoded, MaxLengthValidator(LONGEST_PASSWORD, TOO_LONG)],
        widget=forms.PasswordInput(attrs={"autocomplete": autocomplete, **(attrs or {})}),
        help_text=help_text,
    )


def new_password_field(label: "Words") -> forms.CharField:
    return password_field(
        label, "new-password", help_text=NEW_PASSWORD_HELP, attrs={"minlength": 10}
    )


def verbatim_input(autocomplete: str = "username") -> forms.TextInput:
    """Return a text input without automatic capitals or spelling checks."""
    attrs = {
        "autocomplete": autocomplete,
        "autocapitalize": "none",
        "spellcheck": "false",
        "dir": "auto",
    }
    return forms.TextInput(attrs=attrs)


def check_new_password(form: forms.BaseForm, field: str, user: User) -> None:
    """Run AUTH_PASSWORD_VALIDATORS and add their errors to the field. One of them compares the
    password with the user's name.
    """
    if field in form.cleaned_data:
        password = spelling.normalise_password(form.cleaned_data[field])
        try:
            password_validation.validate_password(password, user)
        except ValidationError as error:
            form.add_error(field, error)


# Django's messages that it does not translate into all our languages.
DJANGO_WORDS = (
    gettext_noop("This password is too common."),
    gettext_noop("The password is too similar to the %(verbose_name)s."),
    gettext_noop("Null characters are not allowed."),
    ngettext_lazy(
        "This password is too short. It must contain at least %d character.",
        "This password is too short. It must contain at least %d characters.",
        10,
    ),
    ngettext_lazy(
        "Ensure this value has at most %(limit_value)d character (it has %(show_value)d).",
        "Ensure this value has at most %(limit_value)d characters (it has %(show_value)d).",
        "limit_value",
    ),
)
