"""What the site's staff fill in about people."""

from django.contrib.auth.forms import AdminUserCreationForm, UserChangeForm

from accounts.models import User


class PersonAddForm(AdminUserCreationForm):
    class Meta:
        model = User
        fields = ["username", "email"]

    def clean_username(self):
        # Django's own check looks for the name in another case only; the model knows all spellings.
        return self.cleaned_data["username"]


class PersonChangeForm(UserChangeForm):
    class Meta:
        model = User
        fields = "__all__"
