"""Each window gets everything in its own language."""

import re
from types import SimpleNamespace
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.conf import settings
from django.test import override_settings
from django.utils import translation

from accounts.models import Block
from messaging.consumers.authentication import language_of
from messaging.consumers.channel_events import ChannelEvents
from messaging.consumers.client_state import ClientState
from messaging.delivery import privacy
from messaging.domain.conversations import Person
from messaging.domain.events import Draft, Event
from messaging.domain.presence import Changes
from messaging.rendering.compiled import draw
from messaging.rendering.htmx import HtmxRenderer
from tests.messaging.backends.domain import BOB, BOTH
from tests.messaging.conftest import connect

SPOKEN = override_settings(LANGUAGES=[("en", "English"), ("de", "Deutsch"), ("ar", "العربية")])


@pytest.mark.parametrize(
    ("headers", "language"),
    [
        ([], "en"),
        ([(b"accept-language", b"de-AT,de;q=0.9,en;q=0.8")], "de"),
        ([(b"accept-language", b"xx,ar;q=0.1")], "ar"),
        (
            [
                (b"accept-language", b"de"),
                (b"cookie", f"a=b; {settings.LANGUAGE_COOKIE_NAME}=ar".encode()),
            ],
            "ar",
        ),
        (
            [
                (b"accept-language", b"de"),
                (b"cookie", f"{settings.LANGUAGE_COOKIE_NAME}=nonsense".encode()),
            ],
            "de",
        ),
        ([(b"accept-language", b"de"), (b"cookie", b"language=ar")], "ar"),
        ([(b"cookie", f"language=ar; {settings.LANGUAGE_COOKIE_NAME}=de".encode())], "de"),
        ([(b"accept-language", b"\xff\x00;;;q=")], "en"),
        ([(b"accept-language", b"xx," * 100_000)], "en"),
    ],
)
@SPOKEN
def test_a_window_has_the_language_of_its_page(headers, language):
    assert language_of(headers) == language


@pytest.fixture
def template(tmp_path, settings):
    """Return a template that renders the active language."""
    folder = tmp_path / "messaging" / "broadcasts"
    folder.mkdir(parents=True)
    (folder / "said.html").write_text(
        "{% load i18n %}{% get_current_language as now %}{{ now }} {{ word }}"
    )
    settings.TEMPLATES = [{**settings.TEMPLATES[0], "DIRS": [tmp_path]}]
    return "messaging/broadcasts/said.html"


@SPOKEN
def test_a_compiled_template_is_cached_for_each_language(template):
    for language in ("en", "de", "en", "ar"):
        with translation.override(language):
            assert draw(template, {"word": "x"}) == f"{language} x"


@SPOKEN
def test_mailbox_entries_are_rendered_in_the_language_of_the_window(template):
    renderer = HtmxRenderer()
    waits = Draft(BOB.id, BOTH, Event("said", {"word": "here"}), BOB.id)
    with translation.override("de"):
        assert renderer.mail(waits) == "de here"
    assert renderer.mail(waits) == "en here"
    assert renderer.mail(waits, "ar") == "ar here"


@SPOKEN
def test_presence_changes_are_rendered_once_for_each_language(monkeypatch):
    drawn: list[Changes] = []
    sent: list[str] = []

    def presence(_, changes):
        drawn.append(changes)
        return translation.get_language()

    monkeypatch.setattr(HtmxRenderer, "presence", presence)
    session: Any = None
    outbound: Any = SimpleNamespace(renderer=HtmxRenderer(), add=sent.append)
    event = {
        "type": "presence.changed",
        "changes": Changes([Person(1, "alice")], []),
        "drawn": {},
    }
    for language in ("en", "de", "en", "de"):
        with translation.override(language):
            page = ClientState(BOB)
            page.window = "window"
            ChannelEvents(session, page, outbound).on_event(event)
    assert sent == ["en", "de", "en", "de"]
    assert len(drawn) == 2


@SPOKEN
async def test_each_window_gets_an_event_in_its_own_language(open_window, alice, bob, monkeypatch):
    for name in ("mail", "typing", "presence"):
        monkeypatch.setattr(
            HtmxRenderer, name, lambda *_, name=name: f"<{name} {translation.get_language()}>"
        )
    windows = {
        language: await open_window(alice, bob, language=language)
        for language in ("en", "de", "ar")
    }
    his = await open_window(bob, alice, language="de")
    await his.send(type="typing", conversation=str(alice.pk))
    await his.says("hello", to=alice)
    for language, window in windows.items():
        await window.sees(f"<mail {language}>")
        await window.sees(f"<typing {language}>")
        await window.sees(f"<presence {language}>")
    await sync_to_async(Block.objects.create)(blocker=bob, blocked=alice)
    told = {
        language: (await window.settles()).count("<presence ")
        for language, window in windows.items()
    }
    await privacy.sever(bob.pk, alice.pk)
    for language, window in windows.items():
        await window.sees(f"<presence {language}>", times=told[language] + 1)
        assert set(re.findall(r"<\w+ (\w\w)>", window.seen)) == {language}


@SPOKEN
async def test_the_message_at_the_handshake_is_in_the_language_of_the_page(monkeypatch):
    monkeypatch.setattr(HtmxRenderer, "logged_out", lambda _: translation.get_language())
    cookie = f"{settings.LANGUAGE_COOKIE_NAME}=ar; {settings.SESSION_COOKIE_NAME}=over"
    stranger = connect(cookie)
    await stranger.connect()
    assert await stranger.receive_from() == "ar"
    await stranger.disconnect()
