"""The page for inviting people, and the link that they receive."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import invitations, qr_codes
from accounts.auth import cookies
from accounts.auth.current_user import person
from accounts.forms.authentication import InvitationForm
from accounts.views.responses import form_page, post_data, redirect_to_next

INVITATION_COOKIE = "invitation"  # the cookie with the id of an invitation


@require_safe
@never_cache
def accept(request: HttpRequest, token: str) -> HttpResponse:
    """Move an invitation from the URL into a cookie. It is only used up by signing up."""
    if request.user.is_authenticated:
        return redirect_to_next(request)
    invitation = invitations.find_by_token(token)
    if invitation is None:
        return render(request, "accounts/link_invalid.html", status=410)
    response = redirect("accounts:signup")
    cookies.set_signed_cookie(response, INVITATION_COOKIE, str(invitation.pk))
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def invite(request: HttpRequest) -> HttpResponse:
    """Create invitations. Show each link once, because only its hash is stored."""
    user = person(request)
    if not user.may_invite():
        raise PermissionDenied
    invitations.delete_expired()
    form = InvitationForm(post_data(request))
    own = invitations.valid().filter(made_by=user)
    context = {"invitations": own, "policy": settings.SIGNUP}
    if not form.is_valid():
        return form_page(request, "accounts/invitations.html", form, **context)
    if not user.is_staff and own.count() >= invitations.MAX_OPEN:
        form.add_error(None, _too_many())
        return form_page(request, "accounts/invitations.html", form, **context)
    link = form.make(user)
    return render(
        request,
        "accounts/invitation.html",
        {"link": link, "qr": qr_codes.draw(link), **form.cleaned_data},
    )


def _too_many() -> str:
    most = invitations.MAX_OPEN
    words = ngettext(
        "You already have %(count)d invitation. Revoke one first.",
        "You already have %(count)d invitations. Revoke one first.",
        most,
    )
    return words % {"count": most}


@require_POST
@login_required
@never_cache
def revoke(request: HttpRequest, pk: int) -> HttpResponse:
    if person(request).invitations.filter(pk=pk).delete()[0]:
        messages.success(request, _("The invitation was revoked."))
    return redirect("accounts:invitations")
