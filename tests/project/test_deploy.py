"""The files in deploy/ are well-formed, use existing variables and store no messages."""

import re
import subprocess
import sys

import pytest
import yaml
from django.conf import settings

from messaging.ops.server.http_connections import HEAD
from tests.support import engines
from tests.support.fresh_copy import ROOT, environment, make_copy, manage

DEPLOY = ROOT / "deploy"
COMPOSE = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
SERVICES = COMPOSE["services"]
FILLED = {
    "SITE_URL": "https://chat.example.org",
    "SECRET_KEY": "Vb7-nR2kQ9xLwZ4tYc8MfHs3PgJd6TuKeA5BvXo1NiWqErSyUa0",
    "MAILBOX_KEY": "bWFkZSBmb3IgdGVzdHMgYWxvbmUsIDMyIGJ5dGVzISE=",
    "POSTGRES_PASSWORD": "for-tests-only",
    "DATABASE_URL": "postgres://sotto:for-tests-only@localhost/sotto",
    "REDIS_URL": "redis://localhost:6379/0",
    "TRUSTED_PROXIES": "127.0.0.1",
}
OF_COMPOSE = {"POSTGRES_PASSWORD"}  # not read by Sotto itself


def variables(file) -> dict[str, str]:
    return dict(re.findall(r"^([A-Z_]+)=(.*)$", file.read_text(), re.MULTILINE))


EXAMPLE = variables(DEPLOY / "production.env.example")


@pytest.fixture(scope="module")
def fresh_copy(tmp_path_factory):
    return make_copy(tmp_path_factory.mktemp("sotto"))


def test_every_variable_is_one_that_sotto_reads():
    told = EXAMPLE.keys() | SERVICES["app"]["environment"].keys()
    assert told - OF_COMPOSE - variables(ROOT / ".env.example").keys() == set()


def test_variables_of_compose_and_caddy_are_in_the_example():
    asked = set(re.findall(r"\$\{(\w+)", (DEPLOY / "compose.yaml").read_text()))
    assert asked <= EXAMPLE.keys()
    of_caddy = set(re.findall(r"\{\$(\w+)", (DEPLOY / "Caddyfile").read_text()))
    assert of_caddy == SERVICES["caddy"]["environment"].keys()


def test_the_example_contains_no_secret():
    assert set(EXAMPLE.values()) == {""}
    assert EXAMPLE.keys() == FILLED.keys()


@pytest.mark.parametrize("name", ["SITE_URL", "SECRET_KEY", "DATABASE_URL"])
def test_an_example_that_is_not_filled_in_is_refused(fresh_copy, name):
    refused = manage(fresh_copy, "check", "--deploy", **{**FILLED, name: EXAMPLE[name]})
    assert refused.returncode != 0
    assert name in refused.stderr


@pytest.mark.parametrize("hsts", ["host", "subdomains", "preload"])
def test_the_production_settings_pass_the_checks(fresh_copy, redis_url, hsts):
    # Without core dumps, like the unit and Compose. Ignore the swap of this machine.
    command = f"ulimit -c 0 && exec {sys.executable} manage.py check --deploy --fail-level WARNING"
    checked = subprocess.run(
        ["sh", "-c", command],
        cwd=fresh_copy,
        env=environment(
            FILLED | {"REDIS_URL": redis_url, "HSTS": hsts}
        ),  # a check asks it about persistence
        capture_output=True,
        text=True,
        check=False,
    )
    found = set(re.findall(r"^\?: \(([\w.]+)\)", checked.stderr, re.MULTILINE))
    assert found <= {"sotto.W013"}, checked.stderr
    assert checked.returncode == bool(found), checked.stderr


def test_a_weak_former_key_is_reported(fresh_copy):
    keys = {"SECRET_KEY_FALLBACKS": f"{FILLED['SECRET_KEY']},hush"}
    checked = manage(fresh_copy, "check", "--deploy", **{**FILLED, **keys, "REDIS_URL": ""})
    assert "SECRET_KEY_FALLBACKS[1]" in checked.stderr
    assert "hush" not in checked.stderr


def test_the_compose_file_follows_its_schema():
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec"]
    checked = subprocess.run(
        [*command, DEPLOY / "compose.yaml"], capture_output=True, text=True, check=False
    )
    assert checked.returncode == 0, checked.stdout


@pytest.mark.parametrize("name", SERVICES)
def test_containers_are_restricted_and_never_swapped_or_dumped(name):
    service = SERVICES[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["memswap_limit"] == service["mem_limit"]
    assert service["ulimits"]["core"] == 0
    assert re.fullmatch(r"sotto|[\w/]+:\d+\.\d+[\w.-]*", service["image"]), (
        "an image without a version"
    )


def test_only_accounts_and_certificates_are_stored_on_disk():
    mounts = [mount for service in SERVICES.values() for mount in service.get("volumes", [])]
    written = [mount for mount in mounts if not mount.endswith(":ro")]
    assert written == ["accounts:/var/lib/postgresql/data", "certificates:/data"]
    assert SERVICES["valkey"]["command"][1:5] == ["--save", "", "--appendonly", "no"]


def test_only_the_proxy_is_reachable_from_outside():
    assert [name for name, service in SERVICES.items() if "ports" in service] == ["caddy"]
    assert COMPOSE["networks"]["back"]["internal"] is True
    address = SERVICES["caddy"]["networks"]["front"]["ipv4_address"]
    assert SERVICES["app"]["environment"]["TRUSTED_PROXIES"] == address


def test_nginx_waits_longer_than_a_heartbeat_and_buffers_bodies_in_memory():
    said = dict(re.findall(r"^\s*(\w+) (\w+);", (DEPLOY / "nginx.conf").read_text(), re.MULTILINE))
    for name in ("proxy_read_timeout", "proxy_send_timeout"):
        assert int(said[name].removesuffix("s")) > 3 * settings.HEARTBEAT_SECONDS
    assert said["client_body_buffer_size"] == said["client_max_body_size"]
    assert said["proxy_max_temp_file_size"] == "0"
    assert said["access_log"] == "off"


def test_a_proxy_reuses_no_connection_that_serve_may_be_closing():
    (kept,) = re.findall(r"^\s*keepalive (\d+)s$", (DEPLOY / "Caddyfile").read_text(), re.MULTILINE)
    assert int(kept) < HEAD
    nginx = (DEPLOY / "nginx.conf").read_text()
    assert '"" close;' in nginx  # it closes each connection that is not a WebSocket
    assert "keepalive" not in nginx


def test_systemd_accepts_the_unit_and_rates_it_as_secure(tmp_path):
    if not (analyze := engines.find("systemd-analyze")):
        pytest.skip("NO SYSTEMD HERE, and none could be fetched: its unit was not looked at")
    # systemd checks that the programs exist.
    unit = (DEPLOY / "sotto@.service").read_text()
    file = tmp_path / "sotto@8001.service"
    file.write_text(unit.replace("/opt/sotto/.venv/bin/python", sys.executable))
    for words in (["verify"], ["security", "--offline=true", "--threshold=20"]):
        tried = subprocess.run([analyze, *words, file], capture_output=True, text=True, check=False)
        # Releases before 254 ignore unknown settings.
        unknown = re.compile("Unknown key.* 'Restart(Steps|MaxDelaySec)'")
        said = [line for line in tried.stderr.splitlines() if not unknown.search(line)]
        assert (tried.returncode, said) == (0, []), tried.stdout + tried.stderr
