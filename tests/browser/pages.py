"""Every page that an address leads to: those that anybody sees, and those of somebody who is signed
in. The others are looked at where a journey comes by them.
"""

from collections.abc import Iterator

import accounts.urls
import messaging.urls

# By the name of the route.
PUBLIC = {
    "signup": "/accounts/signup/",
    "login": "/accounts/login/",
    "recover": "/accounts/recover/",
    "mail_link": "/accounts/mail/",
    "new_password": "/accounts/reset/",
}
SIGNED_IN = {
    "home": "/",
    "known": "/known/",
    "blocked": "/people/blocked/",
    "settings": "/accounts/",
    "password": "/accounts/password/",
    "devices": "/accounts/devices/",
    "codes": "/accounts/codes/",
    "invitations": "/accounts/invitations/",
    "delete": "/accounts/delete/",
    "confirm": "/accounts/confirm/",
    "passkeys": "/accounts/passkeys/",
    "second_factor": "/accounts/second-factor/",
}
ON_THE_WAY = {
    "conversation": "accessibility/test_journeys.py",
    "people": "accessibility/test_journeys.py",
    "report": "accessibility/test_journeys.py",
    "hand": "accessibility/test_keyboard.py",
    "passkey": "accounts/test_passkeys.py",
    "passkey_add": "accounts/test_passkeys.py",
    "passkey_remove": "accounts/test_passkeys.py",
    "log_in_code": "accounts/test_second_factor.py",
    "second_factor_on": "accounts/test_second_factor.py",
    "second_factor_off": "accounts/test_second_factor.py",
    "reset": "accessibility/test_journeys.py",
    "invitation": "accessibility/test_journeys.py",
    "plain": "test_without_javascript.py",
    "plain_with": "test_without_javascript.py",
    "plain_over": "test_without_javascript.py",
    "plain_people": "test_without_javascript.py",
    "plain_nobody": "test_without_javascript.py",
    "plain_write": "test_without_javascript.py",
    "plain_clear": "test_without_javascript.py",
    "plain_unsend": "test_without_javascript.py",
}
NO_PAGE = {
    *(
        "logout",
        "end",
        "take_back",
        "download",
        "block",
        "unblock",
        "appear",
        "attention",
        "reload",
        "plain_block",
        "plain_unblock",
    ),
    *("log_in_passkey", "log_in_passkey_options", "passkey_add_options"),
}


def routes() -> Iterator[str]:
    for module in (accounts.urls, messaging.urls):
        yield from (route.name for route in module.urlpatterns if route.name)
