"""What goes wrong over a socket, with the canary in it: frames that the server has to refuse, and to forget."""

import json
import uuid

from django.conf import settings

from messaging.limits import MESSAGES
from messaging.page_version import PAGE_VERSION
from messaging.proof.canary import Canary
from messaging.proof.people import Stranger
from messaging.proof.server import Server
from messaging.proof.window import Window
from messaging.sizes import MAX_FRAME_IN


async def refused(server: Server, alice: Stranger, absent: Stranger, canary: Canary) -> dict[str, bool]:
    """By its name, whether each of them was answered: with words to its sender, or with the end of the socket."""
    window = Window(server, alice)
    answered = {}
    for name, data in _frames(absent, canary).items():
        if not window.is_open:
            await window.open(absent)
        await window.wire.send(data)
        answered[name] = await _is_answered(window)
    await window.close()
    return answered


async def too_fast(server: Server, alice: Stranger, absent: Stranger, canary: Canary) -> bool:
    """More at once than anybody may say."""
    window = await Window(server, alice).open(absent)
    for _ in range(MESSAGES.burst + 20):
        await window.say(canary.text, absent)
    was_told = await window.until(lambda: window.refusals >= MESSAGES.burst + 20 or not window.is_open)
    await window.close()
    return was_told


async def signed_out(server: Server, canary: Canary) -> bool:
    """Somebody without a session writes all the same, and is sent away."""
    window = Window(server, None)
    await window.connect()
    await window.send(type="message", peer="1", id=str(uuid.uuid4()), text=canary.text)
    return await window.until(lambda: not window.is_open)


async def changed_minds(server: Server, alice: Stranger, bob: Stranger, canary: Canary) -> bool:
    """Another text under a name that is taken, an edit, a reaction and one that is none, a message taken back, a
    conversation read and cleared."""
    hers, his = await Window(server, alice).open(bob), await Window(server, bob).open(alice)
    id = await hers.say(canary.text, bob)
    key = f"{alice.id}-{id}"
    await hers.say(f"{canary.text}, or rather not", bob, id)
    was_refused = await _is_answered(hers)
    proof = hers.proofs.get(key, "")
    await hers.send(type="edit", peer=str(bob.id), id=id, text=f"{canary.text}, to be exact", proof=proof)
    was_edited = await hers.until(lambda: any(known.startswith(f"{key}-") for known in hers.delivered))
    for reaction in ("heart", canary.text):
        await his.send(type="react", peer=str(alice.id), message=key, reaction=reaction, proof=proof)
    was_refused = was_refused and await _is_answered(his)
    await his.send(type="read", peer=str(alice.id), message=key)
    await hers.send(type="take-back", peer=str(bob.id), id=id)
    await hers.send(type="clear", peer=str(bob.id))
    await hers.send(type=canary.text)
    was_done = await _is_answered(hers)
    await hers.close()
    await his.close()
    return was_refused and was_edited and was_done


async def _is_answered(window: Window) -> bool:
    was_answered = await window.until(lambda: bool(window.refusals) or not window.is_open)
    window.refusals = 0
    return was_answered


def _frames(absent: Stranger, canary: Canary) -> dict[str, str | bytes]:
    text = canary.text
    whole = {"type": "message", "peer": str(absent.id), "id": str(uuid.uuid4()), "text": text}
    longer = canary.plain * (settings.MESSAGE_MAX_LENGTH // len(canary.plain) + 1)
    changes: dict[str, dict[str, object]] = {
        "to somebody absent": {},
        "too long": {"text": longer},
        "half a character": {"text": f"{text}\ud800"},
        "a control character": {"text": f"{text}\0"},
        "a number for a text": {"text": [text]},
        "to nobody": {"peer": text},
        "a foreign name": {"id": text},
        "an unknown type": {"type": text},
        "an edit of nothing": {"type": "edit", "id": text},
        "an edit of an invented message": {"type": "edit", "proof": "invented"},
        "an edit that is too long": {"type": "edit", "text": longer, "proof": "invented"},
        "a reaction to nothing": {"type": "react", "message": text, "reaction": text, "proof": text},
        "a second hello": {"type": "hello", "version": PAGE_VERSION, "window": text, "cursor": text, "pane": [text]},
        "a false cursor": {"type": "shown", "cursor": text},
    }
    return {
        **{name: json.dumps(whole | change) for name, change in changes.items()},
        "not JSON": f'{{"type": "message", "text": "{text}',
        "the same field twice": f'{{"type": "message", "text": "", "text": {json.dumps(text)}}}',
        "a list": json.dumps([whole]),
        "deep nesting": "[" * 5_000 + json.dumps(text),
        "binary": json.dumps(whole).encode(),
        "too long a frame": json.dumps(whole | {"text": canary.plain * (MAX_FRAME_IN // len(canary.plain) + 1)}),
    }
