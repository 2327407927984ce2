"""Helpers that several views use to look up data."""

from typing import Any, cast

from asgiref.sync import async_to_sync
from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from messaging.domain.conversations import Person
from messaging.people import roster, visibility
from messaging.people.blocks import Blocks

NOTIFICATIONS_KEY = "attention"  # of a session
# With "words", a notification shows the sender and the text.
# With "leaving", a page with messages asks before it is left.
NOTIFICATION_OPTIONS = ("sound", "notification", "words", "leaving")


def current_person(request: HttpRequest) -> Person:
    """Return the user of a request. The view must require log-in."""
    user = cast(AbstractBaseUser, request.user)
    return Person(user.pk, user.get_username())


def get_peer_or_404(request: HttpRequest, peer_id: int) -> Person:
    """Return the peer. Raise Http404 for unknown and inactive users, and for the current user."""
    others = get_user_model().objects.filter(is_active=True).exclude(pk=current_person(request).id)
    peer = get_object_or_404(others, pk=peer_id)
    return Person(peer.pk, peer.get_username())


def get_roster_page(
    request: HttpRequest, between: Blocks, query: str = "", after: str = ""
) -> roster.RosterPage:
    if visibility.is_stale():
        async_to_sync(visibility.refresh)()
    return roster.load_page(
        current_person(request).id, visibility.online(between), query, after, between
    )


def enabled_notifications(session: SessionBase) -> list[str]:
    """Return the enabled options in a fixed order. None is enabled until the user chooses."""
    enabled = cast(list[str], session.get(NOTIFICATIONS_KEY, []))
    return [option for option in NOTIFICATION_OPTIONS if option in enabled]


def is_pushed(session: Any) -> bool:
    """Return whether this session's browser is notified while no page is open."""
    return bool(settings.PUSH_KEY and session.push_endpoint)
