"""Forms for codes from an authenticator app."""

from typing import TYPE_CHECKING

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.auth import second_factor
from accounts.forms.fields import Data, validate_decoded, verbatim_input
from accounts.models import User

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise as Words

LONGEST_CODE = 64  # characters; recovery codes are longer than those of an app


def code_field(help_text: "Words") -> forms.CharField:
    # Do not ask for a numeric keyboard, because recovery codes are accepted too.
    return forms.CharField(
        label=_("Code"),
        max_length=LONGEST_CODE,
        validators=[validate_decoded],
        widget=verbatim_input("one-time-code"),
        help_text=help_text,
    )


class CodeForm(forms.Form):
    """Ask for the second factor when a user logs in."""

    code = code_field(_("Enter the 6-digit code from your authenticator app, or a recovery code."))

    def __init__(self, user: User, data: Data):
        super().__init__(data)
        self.user = user

    def clean_code(self) -> None:
        if not second_factor.use_code(self.user, self.cleaned_data["code"]):
            raise ValidationError(
                _("This code is incorrect or was already used. Enter the current one.")
            )


class FirstCodeForm(forms.Form):
    """Ask for the app's first code, which proves that it has the secret."""

    code = code_field(_("Enter the 6-digit code from your authenticator app."))

    def __init__(self, user: User, secret: bytes, data: Data):
        super().__init__(data)
        self.user, self.secret = user, secret

    def clean_code(self) -> None:
        if not second_factor.turn_on(self.user, self.secret, self.cleaned_data["code"]):
            raise ValidationError(
                _("Incorrect code. Check that the clock on your device is right.")
            )
