"""Forms for inviting people, signing up and logging in."""

from datetime import timedelta

from django import forms
from django.conf import settings
from django.contrib.auth import authenticate
from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts import invitations, spelling, usernames
from accounts.forms.fields import (
    Data,
    check_new_password,
    new_password_field,
    password_field,
    validate_decoded,
    verbatim_input,
)
from accounts.models import Invitation, ReservedName, User

# The message is the same for unknown names and deactivated users, to hide which names exist.
WRONG = _("Incorrect user name or password.")


class InvitationForm(forms.Form):
    uses = forms.IntegerField(
        label=_("Number of people"),
        min_value=1,
        max_value=invitations.MAX_USES,
        initial=1,
        # Inputs of the type "number" accept only the digits 0 to 9, not those of other scripts.
        widget=forms.TextInput(
            attrs={"inputmode": "numeric", "autocomplete": "off", "dir": "auto"}
        ),
    )
    days = forms.TypedChoiceField(
        label=_("Valid for"),
        coerce=int,
        choices=[(1, _("1 day")), (7, _("1 week")), (30, _("30 days"))],
        initial=7,
    )

    def make(self, made_by: User) -> str:
        """Create an invitation and return its link."""
        typed = self.cleaned_data
        return invitations.create(made_by, typed["uses"], timedelta(days=typed["days"]))


class InvitationUsed(Exception):
    """The invitation was used up after the form was validated."""


class SignUpForm(forms.ModelForm):
    """Ask for a name, a password and, if there is a mail server, an optional e-mail address."""

    password = new_password_field(_("Password"))
    email = forms.EmailField(
        label=_("E-mail"),
        max_length=254,
        required=False,
        validators=[validate_decoded],
        help_text=_("Only used to reset your password."),
        widget=forms.EmailInput(attrs={"autocomplete": "email", "dir": "auto"}),
    )
    field_order = ["username", "password", "email"]

    class Meta:
        model = User
        fields = ["username", "email"]
        widgets = {"username": verbatim_input()}
        error_messages = {"username": {"max_length": usernames.TOO_LONG}}

    def __init__(self, data: Data = None, initial: dict[str, str] | None = None):
        super().__init__(data, initial=initial)
        if not settings.EMAIL_URL:
            del self.fields["email"]

    def clean(self) -> None:
        super().clean()
        typed = self.cleaned_data
        check_new_password(
            self, "password", User(username=typed.get("username", ""), email=typed.get("email", ""))
        )

    def sign_up(self, invitation: Invitation | None = None) -> User | None:
        """Create the user. If the name or invitation was taken meanwhile, add a form error and
        return None.
        """
        user: User = self.instance
        user.set_password(self.cleaned_data["password"])
        try:
            with transaction.atomic():
                ReservedName.objects.delete_expired()
                user.save()
                # Its former user may have deleted the account since the form was validated.
                if ReservedName.objects.is_reserved(user.username_key):
                    raise IntegrityError
                if invitation and not invitations.accept(invitation, user):
                    raise InvitationUsed
        except IntegrityError:
            self.add_error("username", usernames.TAKEN)
        except InvitationUsed:
            self.add_error(None, _("This invitation is no longer valid."))
        else:
            return user
        return None


class LogInForm(forms.Form):
    """Ask for a name and password. If they are right, set `user`."""

    username = forms.CharField(
        label=_("User name"),
        max_length=usernames.LONGEST_TYPED,
        # Browsers with conditional mediation offer passkeys among the names that they autofill.
        widget=verbatim_input("username webauthn"),
    )
    password = password_field(_("Password"), "current-password")

    def __init__(self, request: HttpRequest, data: Data, initial: dict[str, str] | None = None):
        super().__init__(data, initial=initial)
        self.request = request
        self.user: User | None = None

    def clean(self) -> None:
        if self.errors:
            return
        # Hash as often for unknown names, so that the response time reveals nothing.
        for password in spelling.possible_passwords(self.cleaned_data["password"]):
            self.user = authenticate(
                self.request, username=self.cleaned_data["username"], password=password
            )
            if self.user:
                return
        self.add_error("password", WRONG)
