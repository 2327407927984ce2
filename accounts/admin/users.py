"""The admin pages for users and groups."""

from django.conf import settings
from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.forms import AdminUserCreationForm
from django.contrib.auth.models import Group
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy

from accounts import personal_data, usernames
from accounts.admin import user_actions
from accounts.auth.current_user import person
from accounts.models import User

PERMISSION_FIELDS = ("is_staff", "is_superuser", "groups", "user_permissions")


def _may_change(request: HttpRequest, user: User | None) -> bool:
    """Return whether this request may change a user. Only superusers may change staff."""
    return user is None or person(request).is_superuser or not (user.is_staff or user.is_superuser)


class PersonAddForm(AdminUserCreationForm):
    def clean_username(self) -> str:
        # Skip Django's check for duplicates, because the model compares all spellings.
        return self.cleaned_data["username"]


@admin.register(User)
class PersonAdmin(UserAdmin):
    add_form = PersonAddForm
    list_display = ["username", "email", "is_active", "is_staff", "date_joined", "last_login"]
    list_filter = ["is_active", "is_staff", "date_joined"]
    search_fields = ["username_key__contains", "email"]
    ordering = ["username_key"]
    readonly_fields = ["date_joined", "last_login"]
    actions = [
        user_actions.deactivate,
        user_actions.reactivate,
        user_actions.end_sessions,
        user_actions.make_reset_links,
        user_actions.turn_off_second_factor,
    ]
    fieldsets = [
        (None, {"fields": ["username", "password", "email", "is_active"]}),
        (
            gettext_lazy("Permissions"),
            {"fields": PERMISSION_FIELDS, "classes": ["collapse"]},
        ),
        (gettext_lazy("Dates"), {"fields": ["date_joined", "last_login"]}),
    ]
    add_fieldsets = [
        (None, {"fields": ["username", "email", "usable_password", "password1", "password2"]})
    ]

    def get_fieldsets(self, request: HttpRequest, obj: User | None = None) -> list | tuple:
        """Leave out the e-mail address of a new user if there is no mail server."""
        if obj or settings.EMAIL_URL:
            return super().get_fieldsets(request, obj)
        return [(None, {"fields": ["username", "usable_password", "password1", "password2"]})]

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[User], search_term: str
    ) -> tuple[QuerySet[User], bool]:
        # Fold the term like `username_key`, so that any spelling finds the user.
        return super().get_search_results(
            request, queryset, usernames.fold(search_term[: usernames.LONGEST_TYPED])
        )

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        """Refuse lookups across relations, which could reveal blocks, reports and session keys."""
        return lookup.partition("__")[0] in self.list_filter and super().lookup_allowed(
            lookup, value, request
        )

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> list[str]:
        """Let only superusers grant permissions."""
        fields = () if person(request).is_superuser else PERMISSION_FIELDS
        return [*super().get_readonly_fields(request, obj), *fields]

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return super().has_change_permission(request, obj) and _may_change(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return super().has_delete_permission(request, obj) and _may_change(request, obj)

    def delete_model(self, request: HttpRequest, obj: User) -> None:
        personal_data.delete_account(obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        for user in queryset:
            personal_data.delete_account(user)


admin.site.unregister(Group)


@admin.register(Group)
class PermissionGroupAdmin(GroupAdmin):
    """Let only superusers change groups, so that staff cannot give themselves permissions."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return person(request).is_superuser

    def has_change_permission(self, request: HttpRequest, obj: Group | None = None) -> bool:
        return person(request).is_superuser

    def has_delete_permission(self, request: HttpRequest, obj: Group | None = None) -> bool:
        return person(request).is_superuser
