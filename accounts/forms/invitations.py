"""The form to invite people."""

from datetime import timedelta

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts import invitations
from accounts.models import User


class InvitationForm(forms.Form):
    uses = forms.IntegerField(
        label=_("Number of people"),
        min_value=1,
        max_value=invitations.MOST_USES,
        initial=1,
        # The type "number" accepts only the digits 0 to 9, and not those of other scripts.
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
        """Return the link of a new invitation."""
        typed = self.cleaned_data
        return invitations.create(made_by, typed["uses"], timedelta(days=typed["days"]))
