"""How passwords are hashed."""

from django.contrib.auth.hashers import Argon2PasswordHasher


class Argon2Hasher(Argon2PasswordHasher):
    """Argon2id at the cost that OWASP's Password Storage Cheat Sheet asks for; Django's own takes
    five times that.
    """

    memory_cost = 19 * 1024  # KiB
    time_cost = 2
    parallelism = 1
