"""Each `except` in a module that protects something has a test."""

import ast
from collections.abc import Iterator

import pytest

from tests.project.named_tests import missing
from tests.support.fresh_copy import ROOT

# Names too long for a row.
NONSENSE = "messaging/domain/test_evidence.py::test_input_that_no_page_of_ours_sends_is_refused"
FLUSHED = "messaging/backends/test_redis_mailbox.py::test_scripts_are_loaded_again_after_a_restart_of_redis"
AWAY = "messaging/people/test_blocks.py::test_an_unavailable_database_is_queried_until_it_answers"
AGAIN = "accounts/test_windows.py::test_a_session_check_that_failed_is_repeated"
STUCK = "accounts/test_windows.py::test_a_blocked_database_keeps_no_window_open"
ADDRESS = "config/test_client_address.py::"
NOTICED = f"{ADDRESS}test_an_unreadable_header_of_a_trusted_proxy_is_reported"
AUTHENTICATION = "messaging/consumers/test_authentication.py::"
HOP = f"{AUTHENTICATION}test_no_socket_waits_endlessly_if_a_batch_fails"
NOBODY = f"{AUTHENTICATION}test_an_unreadable_session_authenticates_no_user"

# Modules that limit, encrypt, sign and authenticate. For each function and its exceptions: the test
# that causes them.
MODULES: dict[str, dict[str, str]] = {
    "accounts.views.login_flow": {},
    "accounts.auth.webauthn_challenges": {
        "challenge_in: (*passkeys.MALFORMED, KeyError)": "accounts/test_passkeys.py::test_invalid_responses_are_refused_with_an_explanation",
    },
    "accounts.auth.cookies": {},
    "accounts.auth.passkeys": {
        "_refused_if_malformed: MALFORMED": "accounts/test_passkeys.py::test_invalid_responses_are_refused_with_an_explanation",
    },
    "accounts.auth.current_user": {},
    "accounts.auth.recovery": {
        "user_of_link: ValueError": "accounts/test_recovery.py::test_a_made_up_link_is_refused_with_an_explanation",
        "_send_link: Exception": "accounts/test_mail.py::test_a_failing_mail_server_is_logged_without_the_address",
    },
    "accounts.encryption": {
        "decrypt: (InvalidTag, ValueError)": "accounts/test_reports.py::test_an_altered_byte_is_noticed",
    },
    "accounts.auth.second_factor": {
        "_secret: Unreadable": "accounts/test_second_factor.py::test_an_unreadable_secret_lets_no_code_in",
    },
    "accounts.models.session": {},
    "accounts.models.push_subscription": {
        "_endpoint: encryption.Unreadable": "messaging/push/test_subscriptions.py::test_a_lost_secret_key_ends_the_subscription",
    },
    "accounts.sessions": {},
    "accounts.auth.throttling": {
        "address: ValueError": "accounts/test_throttling.py::test_an_address_is_an_ipv4_host_or_an_ipv6_network",
        "_count: ValueError": "accounts/test_throttling.py::test_a_counter_that_expires_while_it_is_read_begins_again",
        "_take: ValueError": "accounts/test_throttling.py::test_an_expired_counter_is_not_decremented",
        "_ask: Exception": "accounts/test_redis_addresses.py::test_a_refusing_redis_does_not_lift_the_limits",
    },
    "accounts.auth.totp": {},
    "accounts.views.second_factor": {
        "_pending_secret: Unreadable": "accounts/test_second_factor.py::test_codes_are_turned_on_and_off",
    },
    "config.asgi_middleware.client_address": {
        "is_among: ValueError": "config/test_client_address.py::test_an_invalid_address_is_not_among_the_networks",
        "_client: ValueError": NOTICED,
        "_plain: ValueError": "config/test_client_address.py::test_an_invalid_address_is_not_trusted",
    },
    "config.asgi_middleware.websocket_origin": {},
    "config.asgi_middleware.probes": {},
    "messaging.consumers.authentication": {
        "_authenticate: Exception": NOBODY,
        "has_ended: DatabaseError": AGAIN,
        "is_renewed: DatabaseError, TimeoutError": STUCK,
        "is_valid: DatabaseError": AGAIN,
    },
    "messaging.consumers.batch": {"_load_batches: Exception": HOP},
    "messaging.domain.evidence": {
        "_fields: (ValueError, RecursionError)": NONSENSE,
        "_moment: ValueError": NONSENSE,
    },
    "messaging.domain.franking": {},
    "messaging.push.endpoints": {},
    "messaging.push.trigger": {
        "_notify_later: StateUnavailable": "messaging/push/test_senders.py::test_without_redis_nobody_is_notified",
    },
    "messaging.rate_limits": {},
    "messaging.domain.rate_limit": {},
    "messaging.backends.redis.client": {
        "run: NoScriptError": FLUSHED,
        "call: NoScriptError": FLUSHED,
        "call: UNAVAILABLE": "messaging/consumers/test_rate_limits.py::test_without_redis_nothing_limited_passes",
    },
    "messaging.backends.redis.rate_limit": {},
    "messaging.backends.redis.encryption": {},
    "messaging.views.decorators": {
        "wrapper: StateUnavailable": "messaging/views/test_unavailable.py::test_a_search_gets_an_explanation",
    },
}
# In the module of a window: the function that reloads its blocks.
REFRESHES = {"_refresh: DatabaseError": AWAY}


def swallowed(module: str) -> set[str]:
    """Return each `except` and `suppress` of a module, by function and exception."""
    return set(_swallowed(ast.parse((ROOT / f"{module.replace('.', '/')}.py").read_text()), ""))


def _swallowed(node: ast.AST, function: str) -> Iterator[str]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.ExceptHandler):
            yield f"{function}: {ast.unparse(child.type) if child.type else 'everything'}"
        elif isinstance(child, ast.Call) and ast.unparse(child.func).endswith("suppress"):
            yield f"{function}: {', '.join(map(ast.unparse, child.args))}"
        inside = (
            child.name if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef) else function
        )
        yield from _swallowed(child, inside)


@pytest.mark.parametrize("module", MODULES)
def test_every_exception_that_a_protection_swallows_has_a_test(module):
    assert swallowed(module) == MODULES[module].keys()


def test_every_exception_of_a_refreshed_window_has_a_test():
    functions = {each.partition(":")[0] for each in REFRESHES}
    assert {
        each
        for each in swallowed("messaging.consumers.channel_events")
        if each.partition(":")[0] in functions
    } == REFRESHES.keys()


def test_each_of_these_tests_exists():
    named = {test for tests in (*MODULES.values(), REFRESHES) for test in tests.values()}
    assert [test for test in named if missing(test)] == []
