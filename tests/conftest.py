"""The cast: Alice and Bob talk; Carol must see nothing of it."""

import pytest

PASSWORD = "a long enough password"


@pytest.fixture
def alice(django_user_model, db):
    return django_user_model.objects.create_user(username="alice", password=PASSWORD)


@pytest.fixture
def bob(django_user_model, db):
    return django_user_model.objects.create_user(username="bob", password=PASSWORD)


@pytest.fixture
def carol(django_user_model, db):
    return django_user_model.objects.create_user(username="carol", password=PASSWORD)
