"""What people fill in about passkeys."""

from django import forms

from accounts.credentials import LONGEST_NAME
from accounts.forms import arrived_whole


class PasskeyNameForm(forms.Form):
    """What its owner calls a passkey."""

    name = forms.CharField(
        label="Name",
        max_length=LONGEST_NAME,
        validators=[arrived_whole],
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text="For you, to tell your passkeys apart: the device, or where the passkey is kept.",
    )
