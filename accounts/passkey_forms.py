"""What people fill in about passkeys."""

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.credentials import LONGEST_NAME
from accounts.forms import arrived_whole


class PasskeyNameForm(forms.Form):
    """What its owner calls a passkey."""

    name = forms.CharField(
        label=pgettext_lazy("of a passkey", "Name"),
        max_length=LONGEST_NAME,
        validators=[arrived_whole],
        widget=forms.TextInput(attrs={"autocomplete": "off", "dir": "auto"}),
        help_text=_("For you, to tell your passkeys apart: the device, or where the passkey is kept."),
    )
