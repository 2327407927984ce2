"""The scorer itself: what is weaker than ours is worth less."""

import pytest
from django.conf import settings

from tests.observatory import TESTS, Answer, results, score

BEST = 135  # with a cookie


@pytest.mark.parametrize(
    ("name", "said", "instead"),
    [
        ("content-security-policy", "script-src 'self'", "script-src 'self' 'unsafe-inline'"),
        ("content-security-policy", "script-src 'self'", "script-src 'self' 'unsafe-eval'"),
        ("content-security-policy", "style-src 'self'", "style-src 'self' 'unsafe-inline'"),
        ("content-security-policy", "script-src 'self'", "script-src https:"),
        ("content-security-policy", "img-src 'self'", "img-src http://elsewhere.example"),
        ("content-security-policy", "frame-ancestors 'none'", "frame-ancestors *"),
        ("content-security-policy", "default-src 'none'", "default-src 'self'"),
        ("strict-transport-security", "max-age=31536000", "max-age=86400"),
        ("strict-transport-security", "max-age=31536000", "forever"),
        ("referrer-policy", "same-origin", "unsafe-url"),
        ("cross-origin-resource-policy", "same-origin", "everybody"),
        ("set-cookie", "; Secure", ""),
        ("set-cookie", "; HttpOnly", ""),
        ("set-cookie", "; SameSite=Lax", ""),
        ("set-cookie", "; SameSite=Lax", "; SameSite=Perhaps"),
    ],
)
def test_a_weaker_word_lowers_it_too(name, said, instead):
    strict = {**settings.SECURITY_HEADERS, "Strict-Transport-Security": "max-age=31536000"}
    answer = Answer([*strict.items(), ("Set-Cookie", "sessionid=x; HttpOnly; Path=/; SameSite=Lax; Secure")])
    headers = [
        (each, value.replace(said, instead) if each.lower() == name else value) for each, value in answer.headers
    ]
    assert headers != answer.headers
    assert score(Answer(headers)) < score(answer) == BEST


@pytest.mark.parametrize(
    ("body", "result"),
    [
        ('<script src="/a.js" defer></script>', "our own"),
        ('<script src="/a.js" integrity="sha384-x"></script>', "our own, with integrity"),
        ('<script src="https://elsewhere.example/a.js"></script>', "others', over https"),
        ('<script src="/a.js"></script><script src="//elsewhere.example/a.js"></script>', "others', over http"),
    ],
)
def test_scripts_of_others_are_found(body, result):
    assert f"scripts: {result}" in results(Answer([], body))


def test_an_answer_without_anything_scores_next_to_nothing():
    assert score(Answer([])) == 100 - 25 - 20 - 5 - 20
    assert len(results(Answer([]))) == len(TESTS)
