"""The admin pages for invitations."""

from datetime import timedelta

from django.contrib import admin, messages
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import invitations
from accounts.auth.current_user import person
from accounts.models import Invitation


@admin.register(Invitation)
class InvitationAdmin(admin.ModelAdmin):
    """Show the link of a new invitation once. Deleting an invitation revokes it."""

    list_display = ["__str__", "made_by", "uses_left", "expires_at", "makes_administrator"]
    list_filter = ["expires_at"]
    fields = ["uses_left", "expires_at"]

    def get_changeform_initial_data(self, request: HttpRequest) -> dict:
        return {"uses_left": 1, "expires_at": timezone.now() + timedelta(days=7)}

    def has_add_permission(self, request: HttpRequest) -> bool:
        return super().has_add_permission(request) and person(request).may_invite()

    def has_change_permission(self, request: HttpRequest, obj: Invitation | None = None) -> bool:
        return False

    def save_model(
        self, request: HttpRequest, obj: Invitation, form: ModelForm, change: bool
    ) -> None:
        obj.made_by = person(request)
        link = invitations.issue(obj)
        words = _("Invitation link, shown only this once: %(link)s")
        self.message_user(request, words % {"link": link}, messages.SUCCESS)
