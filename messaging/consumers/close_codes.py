"""Why the server closes a socket: codes of our own (RFC 6455, 7.4.2).

A page that is signed out, or let go for a newer one, stays away; the others come back by
themselves.
"""

SIGNED_OUT = 4401
RENEWED = 4402
SILENT = 4408
CROWDED = 4409
# Pages of every release stay away after this one; one of their own they would take for a cut wire.
OUTDATED = CROWDED
RESTARTING = 4412  # the page comes back in a while
SLOW = 4413
FLOODED = 4429
FAILED = 4500
FULL = 4503
