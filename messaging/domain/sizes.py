"""How large anything may be that crosses a wire, in bytes, derived from the longest message that is
allowed.

What limits a frame has to agree: a page, this server, the WebSocket library below it (Autobahn
refuses to send what it would refuse to receive, and closes the socket) and the proxies.
`docs/operations.md` has the figures for operators.
"""

from django.conf import settings

LONGEST_TEXT = settings.MESSAGE_MAX_LENGTH  # characters

# In: JSON may write a character beyond the first plane as \ud83d\ude00. The rest of a frame is at
# most a hello that names MAX_PANES people by 18 digits each.
ESCAPED_IN = 12
AROUND_IN = 20_000

# Out: HTML makes most of a quoted line with nothing in it, 39 bytes of three characters; an
# apostrophe in an address is written twice, in six bytes. Around the text stand its message and the
# pane that opens with it, in the language that has the longest words, and the links themselves.
ESCAPED_OUT = 13
AROUND_OUT = 20_000

MAX_PANES = 500  # conversations in one page
MAX_FRAME_IN = max(100_000, ESCAPED_IN * LONGEST_TEXT + AROUND_IN)  # refused in words above
# What the library takes, in either direction: a frame that is a little too long must still reach
# what refuses it.
MAX_SOCKET_FRAME = 2 * MAX_FRAME_IN

MAX_ENTRY = ESCAPED_OUT * LONGEST_TEXT + AROUND_OUT  # of a mailbox, as it is drawn
MAX_FRAME_OUT = MAX_SOCKET_FRAME

# The body of a request. The largest one is a report, whose form writes such a character in twelve
# bytes.
MAX_BODY = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
ESCAPED_IN_FORM = 12
AROUND_IN_FORM = 100_000
MAX_REPORTED = (
    MAX_BODY - AROUND_IN_FORM
) // ESCAPED_IN_FORM  # characters of all messages of one report
