"""Admin actions on several users at once."""

from django.contrib import messages
from django.contrib.admin import ModelAdmin, action
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts import sessions
from accounts.auth import recovery, second_factor
from accounts.auth.current_user import person
from accounts.models import User


@action(description=gettext_lazy("Deactivate selected people"), permissions=["change"])
def deactivate(_admin: ModelAdmin, request: HttpRequest, users: QuerySet[User]) -> None:
    others = users.exclude(pk=person(request).pk)
    if others.count() < users.count():
        messages.warning(request, _("You can’t deactivate your own account."))
    count = _set_active(_changeable(request, others), is_active=False)
    words = ngettext("%(count)d person deactivated.", "%(count)d people deactivated.", count)
    messages.success(request, words % {"count": count})


@action(description=gettext_lazy("Reactivate selected people"), permissions=["change"])
def reactivate(_admin: ModelAdmin, request: HttpRequest, users: QuerySet[User]) -> None:
    count = _set_active(_changeable(request, users), is_active=True)
    words = ngettext("%(count)d person reactivated.", "%(count)d people reactivated.", count)
    messages.success(request, words % {"count": count})


@action(description=gettext_lazy("Log selected people out everywhere"), permissions=["change"])
def end_sessions(_admin: ModelAdmin, request: HttpRequest, users: QuerySet[User]) -> None:
    """End all sessions of these users except the current one. Open windows close at once."""
    users, here = _changeable(request, users), request.session.session_key
    ended = sum(sessions.end_all(user, but=here) for user in users)
    count = users.count()
    whom = ngettext("%(count)d person", "%(count)d people", count) % {"count": count}
    words = ngettext(
        "%(count)d session ended (%(whom)s).", "%(count)d sessions ended (%(whom)s).", ended
    )
    messages.success(request, words % {"count": ended, "whom": whom})


@action(description=gettext_lazy("Create password reset links"), permissions=["change"])
def make_reset_links(page: ModelAdmin, request: HttpRequest, users: QuerySet[User]) -> HttpResponse:
    """Show the links once, on a page. Django's messages would store them in a cookie."""
    active = users.filter(is_active=True)
    if active.count() < users.count():
        messages.warning(request, _("Deactivated people were skipped."))
    links = []
    for user in _changeable(request, active):
        page.log_change(request, user, "Created a password reset link.")
        links.append((user.username, recovery.reset_link(user)))
    context = {
        **page.admin_site.each_context(request),
        "title": _("Password reset links"),
        "links": links,
    }
    return render(request, "admin/accounts/user/reset_links.html", context)


@action(
    description=gettext_lazy("Turn off two-step verification for selected people"),
    permissions=["change"],
)
def turn_off_second_factor(page: ModelAdmin, request: HttpRequest, users: QuerySet[User]) -> None:
    """Turn it off for users who have lost both their app and their recovery codes."""
    users_with_codes = list(_changeable(request, users).filter(second_factor__isnull=False))
    for user in users_with_codes:
        page.log_change(request, user, "Turned off two-step verification.")
        words = _("Two-step verification is now off for %(name)s.") % {"name": user.username}
        messages.success(request, words)
        second_factor.turn_off(user)
    if not users_with_codes:
        messages.warning(request, _("None of the selected people use two-step verification."))


def _changeable(request: HttpRequest, users: QuerySet[User]) -> QuerySet[User]:
    """Return the users that the logged-in user may change. Warn if others were selected."""
    if person(request).is_superuser:
        return users
    others = users.filter(is_superuser=False, is_staff=False)
    if others.count() < users.count():
        words = _("Staff were skipped. Only a superuser can change their accounts.")
        messages.warning(request, words)
    return others


def _set_active(users: QuerySet[User], *, is_active: bool) -> int:
    # Save each user separately, because an update() would send no signals to close their windows.
    changed = list(users.exclude(is_active=is_active))
    for user in changed:
        user.is_active = is_active
        user.save(update_fields=["is_active"])
    return len(changed)
