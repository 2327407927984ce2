"""`python -m tests.support.people COUNT`: create logged-in users, and print ids and keys."""

import json
import os
import subprocess
import sys
from importlib import import_module
from typing import NamedTuple

import django
from django.utils.crypto import get_random_string

from tests.support.cookies import cookie
from tests.support.servers import ROOT

# Parts of names, each equally common, that a search can find.
WORDS = ("amber", "birch", "cedar", "delta", "ember", "fjord", "grove", "heath", "inlet", "jetty")


class Person(NamedTuple):
    """A user's name, id and session key."""

    id: int
    key: str  # of the session

    def cookie(self, site: str) -> str:
        """Return the cookie of the session as a browser sends it to this site."""
        return cookie(site, "session", self.key)


def people(environment: dict[str, str], count: int) -> list[Person]:
    """Create this many users of the site with this environment."""
    command = [sys.executable, "-m", "tests.support.people", str(count)]
    made = subprocess.run(
        command, cwd=ROOT, env=environment, check=True, timeout=60, stdout=subprocess.PIPE
    )
    return [Person(*each) for each in json.loads(made.stdout)]


def make(count: int) -> list[tuple[int, str]]:
    from django.contrib.auth import get_user_model
    from django.contrib.auth.hashers import make_password

    from accounts import usernames

    model, password = get_user_model(), make_password(None)
    first = model.objects.count()
    written = [f"{WORDS[number % len(WORDS)]}{number:05}" for number in range(first, first + count)]
    made = model.objects.bulk_create(
        model(username=name, username_key=usernames.fold(name), password=password)
        for name in written
    )
    return [(user.pk, user.get_session_auth_hash()) for user in made]


def sign_in(people: list[tuple[int, str]]) -> list[tuple[int, str]]:
    """Create a session for each user directly in the store."""
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY

    backend = settings.AUTHENTICATION_BACKENDS[0]
    store = import_module(settings.SESSION_ENGINE).SessionStore
    rows = [
        store(get_random_string(32, "abcdefghijklmnopqrstuvwxyz0123456789")).create_model_instance(
            {SESSION_KEY: str(id), BACKEND_SESSION_KEY: backend, HASH_SESSION_KEY: proof}
        )
        for id, proof in people
    ]
    store.get_model_class().objects.bulk_create(rows)
    return [(id, row.session_key) for (id, _), row in zip(people, rows, strict=True)]


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.load.bench.settings")
    django.setup()
    json.dump(sign_in(make(int(sys.argv[1]))), sys.stdout)
