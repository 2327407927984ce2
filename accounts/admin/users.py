"""People as the site's staff see them."""

from typing import cast

from django.conf import settings
from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import AdminUserCreationForm
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts import deletion, sessions, usernames
from accounts.auth import recovery, second_factor
from accounts.models import User

POWERS = ("is_staff", "is_superuser", "groups", "user_permissions")


def _of(request: HttpRequest) -> User:
    return cast(User, request.user)


def _may_touch(request: HttpRequest, person: User | None) -> bool:
    """Staff are for those who have the whole power: with a password of theirs one would be them."""
    return (
        person is None or _of(request).is_superuser or not (person.is_staff or person.is_superuser)
    )


def _counted(people: int) -> str:
    return ngettext("%(count)d person", "%(count)d people", people) % {"count": people}


class PersonAddForm(AdminUserCreationForm):
    def clean_username(self) -> str:
        # Django's own check looks for the name in another case only; the model knows all spellings.
        return self.cleaned_data["username"]


@admin.register(User)
class PersonAdmin(UserAdmin):
    """Django's pages for users, told what ours have."""

    add_form = PersonAddForm
    list_display = ["username", "email", "is_active", "is_staff", "date_joined", "last_login"]
    list_filter = ["is_active", "is_staff", "date_joined"]
    # Keys are folded already; PostgreSQL, which lists them by code point, would ignore case in
    # ASCII only.
    search_fields = ["username_key__contains", "email"]
    ordering = ["username_key"]
    readonly_fields = ["date_joined", "last_login"]
    actions = ["deactivate", "reactivate", "end_sessions", "make_reset_links", "ask_for_no_codes"]
    fieldsets = [
        (None, {"fields": ["username", "password", "email", "is_active"]}),
        (
            gettext_lazy("Permissions"),
            {"fields": POWERS, "classes": ["collapse"]},
        ),
        (gettext_lazy("Dates"), {"fields": ["date_joined", "last_login"]}),
    ]
    add_fieldsets = [
        (None, {"fields": ["username", "email", "usable_password", "password1", "password2"]})
    ]

    def get_fieldsets(self, request: HttpRequest, obj: User | None = None):
        """Without a mail server no address is asked for; one that was given can be taken away."""
        if obj or settings.EMAIL_URL:
            return super().get_fieldsets(request, obj)
        return [(None, {"fields": ["username", "usable_password", "password1", "password2"]})]

    def get_search_results(self, request, queryset, search_term):
        # Folded like the keys, so that any spelling finds the person; SQLite alone ignores case in
        # ASCII only.
        return super().get_search_results(
            request, queryset, usernames.fold(search_term[: usernames.LONGEST_TYPED])
        )

    def lookup_allowed(self, lookup, value, request=None):
        """Django lets an address ask for whatever is one relation away: whom somebody has blocked
        or reported, and how the key of a session begins.
        """
        return lookup.partition("__")[0] in self.list_filter and super().lookup_allowed(
            lookup, value, request
        )

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None):
        """Nobody gives powers that they do not have."""
        powers = () if _of(request).is_superuser else POWERS
        return [*super().get_readonly_fields(request, obj), *powers]

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return super().has_change_permission(request, obj) and _may_touch(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return super().has_delete_permission(request, obj) and _may_touch(request, obj)

    @admin.action(description=gettext_lazy("Deactivate selected people"), permissions=["change"])
    def deactivate(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        others = queryset.exclude(pk=str(request.user.pk))
        if others.count() < queryset.count():
            words = _("You can’t deactivate your own account.")
            self.message_user(request, words, messages.WARNING)
        self._set_active(request, self._below(request, others), is_active=False)

    @admin.action(description=gettext_lazy("Reactivate selected people"), permissions=["change"])
    def reactivate(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        self._set_active(request, self._below(request, queryset), is_active=True)

    @admin.action(
        description=gettext_lazy("Log selected people out everywhere"), permissions=["change"]
    )
    def end_sessions(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        """Their open windows close at once, on every process; one's own stays, to see what became
        of it.
        """
        people, here = self._below(request, queryset), request.session.session_key
        ended = sum(sessions.end_all(person, but=here) for person in people)
        words = ngettext(
            "%(count)d session ended (%(whom)s).", "%(count)d sessions ended (%(whom)s).", ended
        )
        self.message_user(
            request, words % {"count": ended, "whom": _counted(people.count())}, messages.SUCCESS
        )

    @admin.action(description=gettext_lazy("Create password reset links"), permissions=["change"])
    def make_reset_links(self, request: HttpRequest, queryset: QuerySet[User]) -> HttpResponse:
        """Shown once, to whoever asks for them, on a page of their own: as messages they would wait
        in a cookie, and many of them in the database.
        """
        active = queryset.filter(is_active=True)
        if active.count() < queryset.count():
            self.message_user(request, _("Deactivated people were skipped."), messages.WARNING)
        people = list(self._below(request, active))
        for person in people:
            self.log_change(request, person, "Created a password reset link.")
        links = [(person.username, recovery.link(person)) for person in people]
        context = {
            **self.admin_site.each_context(request),
            "title": _("Password reset links"),
            "links": links,
        }
        return render(request, "admin/accounts/user/reset_links.html", context)

    @admin.action(
        description=gettext_lazy("Turn off two-step verification for selected people"),
        permissions=["change"],
    )
    def ask_for_no_codes(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        """For somebody who has lost their app and their recovery codes."""
        people = list(self._below(request, queryset).filter(second_factor__isnull=False))
        for person in people:
            self.log_change(request, person, "Turned off two-step verification.")
            words = _("Two-step verification is now off for %(name)s.") % {"name": person.username}
            self.message_user(request, words, messages.SUCCESS)
            second_factor.turn_off(person)
        if not people:
            self.message_user(
                request,
                _("None of the selected people use two-step verification."),
                messages.WARNING,
            )

    def delete_model(self, request: HttpRequest, obj: User) -> None:
        deletion.delete_account(obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        for person in queryset:
            deletion.delete_account(person)

    def _below(self, request: HttpRequest, people: QuerySet[User]) -> QuerySet[User]:
        """Those who have no more power than whoever asks, and words about the others."""
        if _of(request).is_superuser:
            return people
        below = people.filter(is_superuser=False, is_staff=False)
        if below.count() < people.count():
            self.message_user(
                request,
                _("Staff were skipped. Only a superuser can change their accounts."),
                messages.WARNING,
            )
        return below

    def _set_active(self, request: HttpRequest, people: QuerySet[User], *, is_active: bool) -> None:
        # One by one, so that whoever listens hears of each: their open windows close at once.
        changed = list(people.exclude(is_active=is_active))
        for person in changed:
            person.is_active = is_active
            person.save(update_fields=["is_active"])
        count = len(changed)
        if is_active:
            words = ngettext(
                "%(count)d person reactivated.", "%(count)d people reactivated.", count
            )
        else:
            words = ngettext(
                "%(count)d person deactivated.", "%(count)d people deactivated.", count
            )
        self.message_user(request, words % {"count": count}, messages.SUCCESS)
