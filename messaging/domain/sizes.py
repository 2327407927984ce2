"""Limits of frames and requests in bytes, derived from the longest message.

The limits of pages, this server, the proxies and the WebSocket library must agree: Autobahn closes
the socket instead of sending what it would refuse to receive. `docs/operations.md` has the figures.
"""

from django.conf import settings

LONGEST_TEXT = settings.MESSAGE_MAX_LENGTH  # characters

# Inbound: JSON may escape a character outside the Basic Multilingual Plane as \ud83d\ude00. Apart
# from the text, a hello with MAX_PANES ids of 18 digits is the largest frame.
ESCAPED_IN = 12
AROUND_IN = 20_000

# Outbound: the three characters of an empty quoted line become 39 bytes of HTML. An apostrophe in a
# link is written twice, each time in six bytes. The text is surrounded by the message, the pane
# that opens with it (in the language with the longest words), the links and the formatting.
ESCAPED_OUT = 13
AROUND_OUT = 28_000

MAX_PANES = 500  # conversations in one page
MAX_FRAME_IN = max(100_000, ESCAPED_IN * LONGEST_TEXT + AROUND_IN)  # larger ones get a refusal
# The library's limit in both directions. A frame that is slightly too long must still be refused.
MAX_SOCKET_FRAME = 2 * MAX_FRAME_IN

MAX_ENTRY = ESCAPED_OUT * LONGEST_TEXT + AROUND_OUT  # a rendered entry of a mailbox
MAX_FRAME_OUT = MAX_SOCKET_FRAME

# The body of a request. The largest is a report. Its form encodes such a character in twelve bytes.
MAX_BODY = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
ESCAPED_IN_FORM = 12
AROUND_IN_FORM = 100_000
MAX_REPORTED = (
    MAX_BODY - AROUND_IN_FORM
) // ESCAPED_IN_FORM  # characters of all messages of one report
