"""Parse the server's frames for pages without a browser."""

import re
from typing import NamedTuple

CURSOR = re.compile(r'name="cursor" value="([^"]+)"')
MESSAGE = re.compile(r'id="message-(\d+-[^"]+)".*?message__text"[^>]*>([^<]+)<', re.DOTALL)
PROOF = re.compile(r'id="message-(\d+-[^"]+)".*?data-proof="([^"]+)"', re.DOTALL)
STATE = re.compile(
    r'innerHTML:(?:#outcome-[\w-]+,)?#state-\d+-([\w-]+),#elsewhere">\s*'
    r'<span\s+class="state state--(\w+)"\s*(?:data-seconds="(\d+)")?\s*>([^<]*)'
)
REFUSED = re.compile(r"#outcome-([0-9a-f-]{36}),")
NOTICE = re.compile(r'status__line--notice">([^<]+)')
PRESENCE = re.compile(r'data-online="([\d ]*)"\s+data-offline="([\d ]*)"')
GAP = re.compile(r'note--gap">\s*(The server restarted|You were offline)')
UNSENT = re.compile(r'hx-swap-oob="delete:#message-(\d+-[\w-]+)')
CLEARED = '-transcript,#elsewhere">'  # unlike a line that is appended
RESYNC = "data-resync"


class State(NamedTuple):
    """The state of a message. `seconds` is when its page retries."""

    id: str
    name: str
    seconds: int | None
    words: str


def states(frame: str) -> list[State]:
    return [
        State(id, name, int(seconds) if seconds else None, words)
        for id, name, seconds, words in STATE.findall(frame)
    ]


def presence(frame: str) -> list[tuple[str, int]]:
    """Return the people reported as "online" or "offline"."""
    told = []
    for online, offline in PRESENCE.findall(frame):
        told += [("online", int(id)) for id in online.split()]
        told += [("offline", int(id)) for id in offline.split()]
    return told
