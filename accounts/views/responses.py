"""Responses, redirects and rate limits that pages with forms share."""

import math
from collections.abc import Callable, Iterable
from typing import TypeVar

from django.conf import settings
from django.contrib.auth import login
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import ngettext

from accounts.auth import cookies, throttling
from accounts.forms.fields import Data
from accounts.models import User

LONGEST_NEXT = 1000

Form = TypeVar("Form", bound=BaseForm)


def post_data(request: HttpRequest) -> QueryDict | None:
    return request.POST if request.method == "POST" else None


def log_in_and_redirect(request: HttpRequest, user: User) -> HttpResponse:
    """Log in a user, and redirect to the page that they asked for."""
    login(request, user, backend=settings.AUTHENTICATION_BACKENDS[0])
    # An older release set an hour's expiry in sessions that began before the log-in.
    request.session.set_expiry(None)
    response = redirect_to_next(request)
    cookies.remember_device(request, response, user.username)
    return response


def redirect_to_next(request: HttpRequest) -> HttpResponse:
    on_the_way_to = next_page(request)
    return (
        HttpResponseRedirect(on_the_way_to)
        if on_the_way_to
        else redirect(settings.LOGIN_REDIRECT_URL)
    )


def next_page(request: HttpRequest) -> str:
    """Return the path in the parameter `next`, or "" if it leads to another site."""
    asked = request.POST.get("next", request.GET.get("next", ""))
    is_ours = asked.startswith("/") and len(asked) <= LONGEST_NEXT
    return asked if is_ours and url_has_allowed_host_and_scheme(asked, allowed_hosts=None) else ""


def form_page(
    request: HttpRequest, template: str, form: BaseForm, **context: object
) -> HttpResponse:
    _focus(form)
    context = {"form": form, "next": next_page(request), **context}
    return render(request, template, context, status=422 if form.errors else 200)


def limited_form(
    request: HttpRequest,
    template: str,
    form_with: Callable[[Data], Form],
    counters: Iterable[throttling.Counter],
    **context: object,
) -> Form | HttpResponse:
    """Return the posted form if it is valid, else the page with the form. Count wrong attempts."""
    data = post_data(request)
    counters = counters if data else []
    if seconds := throttling.wait(counters):
        return too_many_attempts(request, template, form_with(None), seconds, **context)
    form = form_with(data)
    if not form.is_valid():
        return form_page(request, template, form, **context)
    throttling.give_back(counters)
    return form


def too_many_attempts(
    request: HttpRequest, template: str, form: BaseForm, seconds: int, **context: object
) -> HttpResponse:
    """Return the page with status 429. Pass a form without data, so that nothing is validated."""
    response = form_page(request, template, form, wait=try_again_in(seconds), **context)
    response.status_code = 429
    response.headers["Retry-After"] = str(seconds)
    return response


def try_again_in(seconds: int) -> str:
    """Return a sentence that gives the time to wait, rounded up."""
    if seconds <= 90:
        words = ngettext("Try again in a second.", "Try again in %(count)d seconds.", seconds)
        return words % {"count": seconds}
    minutes = math.ceil(seconds / 60)
    words = ngettext("Try again in %(count)d minute.", "Try again in %(count)d minutes.", minutes)
    return words % {"count": minutes}


def _focus(form: BaseForm) -> None:
    """Set the focus on the first field with an error, or else on the first field."""
    names = [field.name for field in form.visible_fields()]
    faulty = [name for name in names if name in form.errors]
    for name in (faulty or names)[:1]:
        form.fields[name].widget.attrs["autofocus"] = True
