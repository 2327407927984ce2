"""The codes with which the server closes a socket (RFC 6455, 7.4.2).

A page stays closed after SIGNED_OUT and REPLACED, and reconnects after the others.
"""

SIGNED_OUT = 4401
RENEWED = 4402
SILENT = 4408
REPLACED = 4409
# Pages of every release stay closed after this code; an unknown one would make them reconnect.
OUTDATED = REPLACED
RESTARTING = 4412  # the page reconnects after a delay
SLOW = 4413
FLOODED = 4429
FAILED = 4500
FULL = 4503
