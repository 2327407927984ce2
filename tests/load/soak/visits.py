"""Random visits: people come, talk, disconnect, reload, sleep, log out and leave."""

import asyncio
import contextlib
import http.client
import uuid
from collections.abc import Callable

from websockets.exceptions import WebSocketException

from tests.load.soak.browser_requests import ask
from tests.load.soak.population import Population
from tests.support.people import Person
from tests.support.window import Window

STAY = 8.0  # average length of a stay in seconds
SILENCE = 1.6  # average seconds between two actions of a window
AWAY = 3.0  # average seconds without a connection; some exceed RESUME_SECONDS
ASLEEP = 60.0  # seconds that a computer sleeps; the server closes the socket after 50

# The ways in which a stay ends, with their weights.
WAYS = {
    "is_cut_off": 34,
    "reloads": 26,
    "leaves": 26,
    "logs_out": 4,
    "falls_asleep": 2,
    "gives_up": 8,
}
# The actions in a window, with their weights.
DEEDS = {"message": 80, "typing": 12, "unsend": 4, "clear": 2, "search": 2}


async def seat(town: Population, place: int, is_taken: Callable[[int], bool]) -> None:
    """Run one visitor after the other while this seat is taken."""
    while not town.is_over.is_set():
        if is_taken(place):
            await visit(town)
        else:
            await asyncio.sleep(1)


async def visit(town: Population) -> None:
    """Run a visit. A person who has logged out does not return."""
    person = town.someone()
    if await Visitor(town, person).stays() != "logs_out":
        town.everybody.append(person)


class Visitor:
    def __init__(self, town: Population, person: Person) -> None:
        self.town, self.person = town, person
        self.said: tuple[Person, str] | None = None

    async def stays(self) -> str:
        """Stay until leaving. Return the kind of departure."""
        self.town.present[self.person] = None
        try:
            await self.loads()
            while True:
                await self.talks()
                way = "leaves" if self.town.is_over.is_set() else self.town.one_of(WAYS)
                self.town.counts[way] += 1
                await getattr(self, way)()
                if way not in {"is_cut_off", "reloads"}:
                    return way
        except (WebSocketException, http.client.HTTPException, OSError, TimeoutError) as error:
            self.town.counts[type(error).__name__] += 1
            return "is lost"
        finally:
            del self.town.present[self.person]

    async def loads(self) -> None:
        """Load the page, and open its window."""
        await asyncio.to_thread(ask, self.town.server.host, self.person, "GET", "/")
        self.peers = self.town.peers(self.person)
        self.window = await Window(self.town.server, self.person, *self.peers).opens()
        self.town.counts["windows"] += 1

    async def talks(self) -> None:
        clock = asyncio.get_running_loop().time
        end = clock() + self.town.chance.expovariate(1 / STAY)
        while self.peers and clock() < end and not self.town.is_over.is_set():
            await self.does(self.town.one_of(DEEDS), self.town.chance.choice(self.peers))
            await self.town.passes(SILENCE)
        if not self.peers:
            await self.town.passes(STAY)

    async def does(self, deed: str, peer: Person) -> None:
        self.town.counts[deed] += 1
        match deed:
            case "message":
                name, text = str(uuid.uuid4()), "Words " * self.town.chance.randint(1, 60)
                self.said = peer, name
                await self.window.send(
                    type="message", conversation=str(peer.id), id=name, text=text
                )
            case "unsend" if self.said:
                to, name = self.said
                await self.window.send(type="unsend", conversation=str(to.id), id=name)
            case "search":
                await asyncio.to_thread(
                    ask, self.town.server.host, self.person, "POST", "/people/", "q=fjord&after="
                )
            case "typing" | "clear":
                await self.window.send(type=deed, conversation=str(peer.id))

    # How a stay ends

    async def is_cut_off(self) -> None:
        """Disconnect, and return with the last cursor, in time or not."""
        await self.window.is_cut(self.town.chance.choice([b"", b"\x81\xfe\x01"]))
        await self.town.passes(self.town.chance.choice([AWAY, AWAY, AWAY, 5 * AWAY]))
        await self.window.opens()
        self.town.counts["windows"] += 1

    async def reloads(self) -> None:
        await self.window.closes()
        await self.loads()

    async def leaves(self) -> None:
        await self.window.closes()

    async def logs_out(self) -> None:
        """Log out in another page of the same browser."""
        await asyncio.to_thread(
            ask, self.town.server.host, self.person, "POST", "/accounts/logout/"
        )
        await self.window.until(lambda: not self.window.is_open, seconds=20)
        await self.window.closes()

    async def falls_asleep(self) -> None:
        """Stop reading and sending, without closing."""
        await self.window.stalls()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self.town.is_over.wait(), ASLEEP)
        await self.window.is_cut()

    async def gives_up(self) -> None:
        """Leave, and reconnect for less time than a hello takes."""
        await self.window.closes()
        window = Window(self.town.server, self.person)
        await window.connects()
        self.town.counts["windows"] += 1
        await window.is_cut()
