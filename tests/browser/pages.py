"""List every page that has an address, for visitors and for signed-in users. Journeys check the
other pages where they come to them.
"""

from collections.abc import Iterator

import accounts.urls
import messaging.urls

# By route name.
PUBLIC = {
    **{name: f"/accounts/{name}/" for name in ("signup", "login", "recover")},
    "mail_link": "/accounts/mail/",
    "new_password": "/accounts/reset/",
}
OF_ONES_ACCOUNT = "password codes invitations delete confirm passkeys"
SIGNED_IN = {
    "home": "/",
    "known": "/known/",
    "blocked": "/people/blocked/",
    "settings": "/accounts/",
    **{name: f"/accounts/{name}/" for name in OF_ONES_ACCOUNT.split()},
    "sessions": "/accounts/devices/",
    "second_factor": "/accounts/second-factor/",
}
# Tested by journeys.
ON_THE_WAY = {
    "accessibility/test_journeys.py": "conversation people report reset invitation",
    "accessibility/test_keyboard.py": "lazy_actions",
    "files/test_every_state.py": "files",
    "accounts/test_passkeys.py": "passkey passkey_add passkey_remove",
    "accounts/test_second_factor.py": "log_in_code second_factor_on second_factor_off",
    "test_without_javascript.py": """
        noscript noscript_with noscript_logged_out noscript_people noscript_no_conversation
        noscript_write noscript_clear noscript_unsend
        """,
}
NO_PAGE = """
logout end_session revoke download block unblock appear attention reload push push_switch push_stop
noscript_block noscript_unblock log_in_passkey log_in_passkey_options passkey_add_options
"""


def routes() -> Iterator[str]:
    for module in (accounts.urls, messaging.urls):
        yield from (route.name for route in module.urlpatterns if route.name)
