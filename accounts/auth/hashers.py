"""Password hashing."""

from django.contrib.auth.hashers import Argon2PasswordHasher


class Argon2Hasher(Argon2PasswordHasher):
    """Argon2id with the parameters of OWASP's Password Storage Cheat Sheet, at a fifth of Django's
    cost.
    """

    memory_cost = 19 * 1024  # KiB
    time_cost = 2
    parallelism = 1
