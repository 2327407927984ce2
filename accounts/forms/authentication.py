"""What people fill in to sign up and to log in, and the fields that other forms share with
these.
"""

from typing import TYPE_CHECKING, Any

from django import forms
from django.conf import settings
from django.contrib.auth import authenticate, password_validation
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.db import IntegrityError, transaction
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from accounts import invitations, spelling
from accounts import usernames as names
from accounts.models import ReservedName, User

if TYPE_CHECKING:
    from django.utils.functional import (
        _StrOrPromise as Words,
    )  # said in the language of whoever reads it

Data = QueryDict | None  # what was posted; None for a page that is only looked at

LONGEST_PASSWORD = 1024
NEW_PASSWORD_HELP = _(
    "At least 10 characters. 15 or more are better, and a short sentence works well."
)
# One sentence for an unknown name, a wrong password and a person shut out: nobody learns which
# names exist.
WRONG = _("Incorrect user name or password.")
TOO_LONG = ngettext_lazy(
    "Use at most %(limit_value)d character.",
    "Use at most %(limit_value)d characters.",
    "limit_value",
)


def arrived_whole(text: str) -> None:
    if "\ufffd" in text:
        raise ValidationError(_("Some characters aren’t valid. Please type it again."))


def focus(form: forms.BaseForm) -> None:
    """Puts the cursor where there is something to do: into the first faulty field, else into the
    first.
    """
    names = [field.name for field in form.visible_fields()]
    faulty = [name for name in names if name in form.errors]
    for name in (faulty or names)[:1]:
        form.fields[name].widget.attrs["autofocus"] = True


def password_field(
    label: "Words", autocomplete: str, help_text: "Words" = "", attrs: dict | None = None
) -> forms.CharField:
    # No maxlength attribute: a browser would cut a pasted password without a word.
    return forms.CharField(
        label=label,
        strip=False,
        validators=[arrived_whole, MaxLengthValidator(LONGEST_PASSWORD, TOO_LONG)],
        widget=forms.PasswordInput(attrs={"autocomplete": autocomplete, **(attrs or {})}),
        help_text=help_text,
    )


def new_password_field(label: "Words") -> forms.CharField:
    return password_field(
        label, "new-password", help_text=NEW_PASSWORD_HELP, attrs={"minlength": 10}
    )


def exact_input(autocomplete: str = "username") -> forms.TextInput:
    """For a name or a code: no capital letter is added to what is typed, and no spelling is
    corrected.
    """
    attrs = {
        "autocomplete": autocomplete,
        "autocapitalize": "none",
        "spellcheck": "false",
        "dir": "auto",
    }
    return forms.TextInput(attrs=attrs)


def check_new_password(form: forms.BaseForm, field: str, user: User) -> None:
    """Says beside the field what AUTH_PASSWORD_VALIDATORS find wrong; `user` has the name that it
    must not repeat.
    """
    if field in form.cleaned_data:
        try:
            password_validation.validate_password(spelling.password(form.cleaned_data[field]), user)
        except ValidationError as error:
            form.add_error(field, error)


class UsedUp(Exception):
    """An invitation that held a moment ago."""


class SignUpForm(forms.ModelForm):
    """A name, a password, and, where there is a mail server, an e-mail address from those who care
    to give one.
    """

    password = new_password_field(_("Password"))
    email = forms.EmailField(
        label=_("E-mail"),
        max_length=254,
        required=False,
        validators=[arrived_whole],
        help_text=_("Only used to reset your password."),
        widget=forms.EmailInput(attrs={"autocomplete": "email", "dir": "auto"}),
    )
    field_order = ["username", "password", "email"]

    class Meta:
        model = User
        fields = ["username", "email"]
        widgets = {"username": exact_input()}
        error_messages = {"username": {"max_length": names.TOO_LONG}}

    def __init__(self, *args: Any, **options: Any):
        super().__init__(*args, **options)
        if not settings.EMAIL_URL:
            del self.fields["email"]

    def clean(self):
        super().clean()
        typed = self.cleaned_data
        check_new_password(
            self, "password", User(username=typed.get("username", ""), email=typed.get("email", ""))
        )

    def sign_up(self, invitation: invitations.Invitation | None = None) -> User | None:
        """Stores the person; None if somebody else got the name or the invitation since it was
        checked, and the form then says so.
        """
        user: User = self.instance
        user.set_password(self.cleaned_data["password"])
        try:
            with transaction.atomic():
                ReservedName.objects.delete_expired()
                user.save()
                # Looked at once more: its holder may have gone while this form was read.
                if ReservedName.objects.is_reserved(user.username_key):
                    raise IntegrityError
                if invitation and not invitations.accept(invitation, user):
                    raise UsedUp
        except IntegrityError:
            self.add_error("username", names.TAKEN)
        except UsedUp:
            self.add_error(None, _("This invitation is no longer valid."))
        else:
            return user
        return None


class LogInForm(forms.Form):
    """A name and a password; afterwards `user` is who they belong to."""

    # Browsers that can, offer passkeys among the names that they know.
    widget = exact_input("username webauthn")
    username = forms.CharField(label=_("User name"), max_length=names.LONGEST_TYPED, widget=widget)
    password = password_field(_("Password"), "current-password")

    def __init__(self, request: HttpRequest, data: Data, **options: Any):
        super().__init__(data, **options)
        self.request = request
        self.user: User | None = None

    def clean(self):
        if self.errors:
            return
        # As often for a name that nobody has: how long it takes tells nothing.
        for password in spelling.passwords(self.cleaned_data["password"]):
            self.user = authenticate(
                self.request, username=self.cleaned_data["username"], password=password
            )
            if self.user:
                return
        self.add_error("password", WRONG)
