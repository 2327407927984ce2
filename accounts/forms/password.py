"""Forms that confirm, change and reset a password."""

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts import spelling, usernames
from accounts.auth import recovery
from accounts.auth.current_user import person
from accounts.forms.fields import (
    Data,
    check_new_password,
    new_password_field,
    password_field,
    validate_decoded,
    verbatim_input,
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


class NewPasswordForm(forms.Form):
    """Ask for a new password after the user has followed a reset link."""

    new_password = new_password_field(_("New password"))

    def __init__(self, user: User, data: Data):
        super().__init__(data)
        self.user = user

    def clean(self) -> None:
        check_new_password(self, "new_password", self.user)


class RecoverForm(forms.Form):
    """Ask for a recovery code and a new password. If they are valid, use up the code and set
    `user`.
    """

    username = forms.CharField(
        label=_("User name"), max_length=usernames.LONGEST_TYPED, widget=verbatim_input()
    )
    code = forms.CharField(
        label=_("Recovery code"),
        max_length=100,
        widget=verbatim_input("off"),
    )
    new_password = new_password_field(_("New password"))

    def __init__(self, data: Data, initial: dict[str, str] | None = None):
        super().__init__(data, initial=initial)
        self.user: User | None = None

    def clean(self) -> None:
        typed = self.cleaned_data
        check_new_password(self, "new_password", User(username=typed.get("username", "")))
        if self.errors:  # do not use up the code if the password is refused
            return
        person = User.objects.named(typed["username"]).filter(is_active=True).first()
        if recovery.use_recovery_code(person or User(pk=0), typed["code"]) and person:
            self.user = person
        else:
            self.add_error(
                "code", _("Incorrect user name or recovery code, or the code was already used.")
            )


class MailForm(forms.Form):
    email = forms.EmailField(
        label=_("E-mail"),
        max_length=254,
        validators=[validate_decoded],
        widget=forms.EmailInput(attrs={"autocomplete": "email", "dir": "auto"}),
    )


def confirm_form(request: HttpRequest, data: Data) -> forms.Form:
    """Return a form that confirms the user's identity: by password or, without one, by passkey."""
    user = person(request)
    return (
        ConfirmForm(user, data) if user.has_usable_password() else PasskeyConfirmForm(request, data)
    )


def new_password_form(request: HttpRequest, data: Data) -> forms.Form:
    """Return a form that confirms the user's identity and asks for a new password."""
    user = person(request)
    return (
        PasswordChangeForm(user, data)
        if user.has_usable_password()
        else FirstPasswordForm(request, data)
    )
