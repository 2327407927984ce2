"""Forms that name a passkey, or use one instead of the password."""

import regex
from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.auth import passkeys, webauthn_challenges
from accounts.auth.current_user import person
from accounts.forms.fields import (
    Data,
    check_new_password,
    new_password_field,
    validate_decoded,
)
from accounts.models.credentials import LONGEST_NAME

BLANK = regex.compile(r"[\s\p{C}\p{Default_Ignorable_Code_Point}\u2800]*")


def validate_visible(text: str) -> None:
    """Raise ValidationError if the text has no visible character."""
    if BLANK.fullmatch(text):
        raise ValidationError(forms.Field.default_error_messages["required"])


class PasskeyNameForm(forms.Form):
    name = forms.CharField(
        label=pgettext_lazy("of a passkey", "Name"),
        max_length=LONGEST_NAME,
        validators=[validate_decoded, validate_visible],
        widget=forms.TextInput(attrs={"autocomplete": "off", "dir": "auto"}),
        help_text=_(
            "Helps you tell your passkeys apart, for example by device or password manager."
        ),
    )


class PasskeyConfirmForm(forms.Form):
    """Ask users without a password to confirm their identity with a passkey."""

    is_by_passkey = True
    answer = forms.CharField(
        widget=forms.HiddenInput(attrs={"autocomplete": "off"}), required=False
    )

    def __init__(self, request: HttpRequest, data: Data):
        super().__init__(data)
        self.request, self.user = request, person(request)

    def clean(self) -> None:
        try:
            owner = passkeys.authenticate(*webauthn_challenges.posted_answer(self.request))
        except passkeys.PasskeyRefused as refusal:
            raise ValidationError(str(refusal)) from refusal
        if owner != self.user:
            raise ValidationError(_("This passkey belongs to another account."))


class FirstPasswordForm(PasskeyConfirmForm):
    new_password = new_password_field(_("New password"))

    def clean(self) -> None:
        super().clean()
        check_new_password(self, "new_password", self.user)
