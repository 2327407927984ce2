"""The user of a request, as what is behind `login_required` knows them."""

from typing import cast

from django.http import HttpRequest

from accounts.models import User


def person(request: HttpRequest) -> User:
    """Who asks, behind `login_required`."""
    return cast(User, request.user)
