"""Pages are in the chosen language, otherwise in the browser's, otherwise in English."""

from urllib.parse import quote

import pytest
from django.conf import settings
from django.test import Client
from django.utils import translation

from accounts.models import Invitation
from tests.conftest import signed_in

LOG_IN, CHOOSE = "/accounts/login/", "/language/"
LOGGED_IN = {"de": "Anmelden", "fr": "Se connecter", "ar": "تسجيل الدخول", "ja": "ログイン"}

pytestmark = pytest.mark.django_db


def page(asked="", client=None, address=LOG_IN):
    return (client or Client()).get(address, headers={"accept-language": asked})


def choose(client, language, **fields):
    return client.post(CHOOSE, {"language": language, "next": LOG_IN, **fields})


SPOKEN = {
    "de": ["de", "de-AT,de;q=0.9,en;q=0.8"],
    "fr": ["fr-CA"],
    "pt-br": ["pt-PT"],
    "zh-hans": ["zh-CN", "zh-SG"],
    "ja": ["xx, ja;q=0.5"],
    "en": [
        *("zh-TW,zh;q=0.9,en-US;q=0.8,en;q=0.7", "zh-Hant-MO,zh-Hant;q=0.9,zh;q=0.8", "zh-Hant"),
        *("zh-HK", "en-GB,de;q=0.5", "xx", "", "*;q=nonsense,\ufffd".encode().decode("latin1")),
    ],
}


@pytest.mark.parametrize(
    ("spoken", "asked"), [(spoken, asked) for spoken, each in SPOKEN.items() for asked in each]
)
def test_the_browser_chooses_the_language(spoken, asked):
    answer = page(asked)
    assert answer["Content-Language"] == spoken
    assert f'<html lang="{spoken}"' in answer.content.decode()
    assert f'<h1 id="card-heading">{LOGGED_IN.get(spoken, "")}' in answer.content.decode()


@pytest.mark.parametrize(("language", "direction"), [("en", "ltr"), ("ja", "ltr"), ("ar", "rtl")])
def test_a_page_declares_its_language_and_direction(language, direction):
    assert f'<html lang="{language}" dir="{direction}">' in page(language).content.decode()


def test_the_users_choice_takes_precedence_over_the_browser():
    client = Client()
    assert choose(client, "fr")["Location"] == LOG_IN
    assert page("de", client)["Content-Language"] == "fr"
    choose(client, "ar")
    assert page("de", client)["Content-Language"] == "ar"


def test_the_language_cookie_identifies_no_user_and_outlasts_the_session(alice):
    client = Client()
    choose(client, "de")
    kept = client.cookies[settings.LANGUAGE_COOKIE_NAME]
    assert kept.value == "de"
    assert (kept["httponly"], kept["samesite"], kept["path"]) == (True, "Lax", "/")
    client.force_login(alice)
    client.post("/accounts/logout/")
    assert page("", client)["Content-Language"] == "de"


@pytest.mark.parametrize("language", ["tlh", "", "../../etc", "de\0"])
def test_an_unknown_language_changes_nothing(language):
    client = Client()
    assert choose(client, language).status_code == 302
    assert page("ja", client)["Content-Language"] == "ja"


def test_choosing_a_language_never_redirects_to_another_site():
    assert choose(Client(), "de", next="https://evil.example/")["Location"] == "/"


def test_a_cross_site_choice_is_refused():
    strict = Client(enforce_csrf_checks=True)
    assert choose(strict, "de").status_code == 403
    assert settings.LANGUAGE_COOKIE_NAME not in strict.cookies


@pytest.mark.parametrize("address", [LOG_IN, "/accounts/signup/", "/accounts/"])
def test_every_language_is_offered_in_its_own_name(address, client, alice):
    if address == "/accounts/":
        client.force_login(alice)
    offered = page("ja", client, address).content.decode()
    assert '<option value="ja" lang="ja" selected>日本語</option>' in offered
    for code, name in settings.LANGUAGES:
        assert f'<option value="{code}" lang="{code}"' in offered
        assert f">{name}</option>" in offered
    assert f'action="/language/?next={quote(address, safe="")}"' in offered


def test_pages_vary_by_language_and_files_do_not():
    assert "Accept-Language" in page("de")["Vary"]
    assert "Accept-Language" not in page("de", address="/static/css/base.css").get("Vary", "")


@pytest.mark.parametrize("address", ["/nothing/", "/accounts/reset/"])
def test_error_pages_are_translated_too(address):
    assert '<html lang="de"' in page("de", address=address).content.decode()


def test_form_errors_are_translated():
    typed, german = {"username": "a", "password": "short"}, {"accept-language": "de"}
    said = Client().post("/accounts/signup/", typed, headers=german).content.decode()
    assert "mindestens 2 Zeichen" in said  # ours
    assert "mindestens 10 Zeichen" in said  # Django's


@pytest.mark.parametrize("language", [code for code, _ in settings.LANGUAGES if code != "en"])
@pytest.mark.parametrize("password", ["short", "1234567890", "dora-dora-dora"])
def test_password_errors_are_translated_into_every_language(language, password):
    typed = {"username": "dora-dora-dora", "password": password}
    said = Client().post("/accounts/signup/", typed, headers={"accept-language": language})
    words = [str(error) for errors in said.context["form"].errors.values() for error in errors]
    assert words
    assert not any("password" in sentence for sentence in words), words


def page_with_an_invitation(language, alice, **fields):
    alice.is_staff = True
    alice.save()
    day = "2999-11-30T12:00:00Z"
    Invitation.objects.create(digest="x", made_by=alice, expires_at=day, **fields)
    return page(language, signed_in(alice), "/accounts/invitations/").content.decode()


@pytest.mark.parametrize(
    ("language", "day"),
    [("en", "Nov. 30, 2999"), ("de", "30. November 2999"), ("ja", "2999年11月30日")],
)
def test_dates_are_formatted_for_the_language(language, day, alice):
    with translation.override(None):
        assert day in page_with_an_invitation(language, alice)


@pytest.mark.parametrize(
    ("count", "words"), [(1, "شخص واحد"), (2, "شخصين"), (3, "3 أشخاص"), (11, "11 شخصًا")]
)
def test_plurals_agree_with_their_number(count, words, alice):
    assert words in page_with_an_invitation("ar", alice, uses_left=count)
