"""Forms that ask logged-in users for their password, or for a new one."""

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts import spelling
from accounts.auth.current_user import person
from accounts.forms.fields import (
    Data,
    check_new_password,
    new_password_field,
    password_field,
)
from accounts.forms.passkeys import FirstPasswordForm, PasskeyConfirmForm
from accounts.models import User


class ConfirmForm(forms.Form):
    current_password = password_field(_("Current password"), "current-password")

    def __init__(self, user: User, data: Data):
        super().__init__(data)
        self.user = user

    def clean_current_password(self) -> None:
        typed = self.cleaned_data["current_password"]
        if not any(map(self.user.check_password, spelling.possible_passwords(typed))):
            raise ValidationError(_("Incorrect password."))


class PasswordChangeForm(ConfirmForm):
    new_password = new_password_field(_("New password"))

    def clean(self) -> None:
        check_new_password(self, "new_password", self.user)


def confirm_form(request: HttpRequest, data: Data) -> forms.Form:
    """Return the form that confirms a user: by password, or by passkey if they have none."""
    user = person(request)
    return (
        ConfirmForm(user, data) if user.has_usable_password() else PasskeyConfirmForm(request, data)
    )


def new_password_form(request: HttpRequest, data: Data) -> forms.Form:
    """Return the form that confirms a user and asks for a new password."""
    user = person(request)
    return (
        PasswordChangeForm(user, data)
        if user.has_usable_password()
        else FirstPasswordForm(request, data)
    )
