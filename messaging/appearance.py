"""Whether a person shows to others: one who appears offline is here, and says so to nobody."""

from django.contrib.auth import get_user_model


def choose(person_id: int, *, is_hidden: bool) -> None:
    # Not by saving the whole row, which may be an old one by now.
    get_user_model().objects.filter(pk=person_id).update(appears_offline=is_hidden)
