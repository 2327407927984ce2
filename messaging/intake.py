"""What comes from one page: a frame is read, and done or refused in words."""

import logging
from contextlib import suppress

from django.conf import settings

from messaging import broadcasts, delivery, frames, limits
from messaging.boxes import Arrival
from messaging.conversations import Refused, Unreachable
from messaging.counts import counts
from messaging.homes import mailbox, presence
from messaging.outflow import Outflow
from messaging.page import Page
from messaging.pulse import pulse

logger = logging.getLogger(__name__)


class Intake:
    """Calls the domain. What there is to say to the page itself goes to its outflow, like everything else."""

    __slots__ = ("outflow", "page")

    def __init__(self, page: Page, outflow: Outflow) -> None:
        self.page, self.outflow = page, outflow

    async def read(self, text: str) -> None:
        """Raises Unreachable where a window cannot even arrive; whatever else goes wrong is told to the page."""
        try:
            if not text:
                raise Refused("This server reads text alone.")
            await self._obey(frames.parse(text))
        except Refused as refusal:
            counts.refuse(refusal)
            self._refuse(refusal)
        except Unreachable:
            # What was only mentioned is mentioned again; what was to be done is not.
            if not self.page.window:
                raise
            self._refuse(Refused("The server cannot reach its memory at the moment. Try again in a few seconds."))
        except Exception as error:  # noqa: BLE001 - the window must not pay for a fault of the server
            # By its kind alone: an exception's message, and the frames of its stack, may hold what somebody wrote.
            logger.error("A frame could not be handled: %s", type(error).__name__)
            counts.refused["fault"] += 1
            self._refuse(Refused("Something went wrong on the server. What you wrote is still in this page."))
        await self.outflow.flush()

    async def _obey(self, frame: frames.Frame) -> None:
        match frame:
            case frames.Hello():
                # What it has missed goes out before anything that follows is answered.
                self.outflow.is_held = True
                return await self._arrive(frame)
            case _ if not self.page.window:
                raise Refused("The page has not said which window it is. Reload the page.")
            case frames.Opened(peer):  # the database may take its time; what comes meanwhile need not
                return await self.page.meet([peer])
        self.outflow.is_held = True  # what this causes for its own page goes out with it
        await self._do(frame)

    async def _do(self, frame: frames.Frame) -> None:
        page = self.page
        match frame:
            case frames.Shown(cursor):
                self.outflow.confirmed(cursor)
                try:
                    await delivery.tell(await mailbox.confirm(page.person.id, page.window, cursor))
                except Unreachable:  # it may have been taken, and its sender not been told
                    pulse.doubt()
            case frames.Said(peer, message_id, text):
                await self._say(peer, message_id, text)
            case frames.Typing(peer):
                with suppress(Unreachable):
                    if not await limits.typing.wait(page.person.id):
                        await broadcasts.typing_seen(page.person, peer)
            case frames.Read(peer, message_id):
                with suppress(Unreachable):
                    if not await limits.reads.wait(page.person.id):
                        await broadcasts.conversation_read(page.person, page.peer(peer), message_id)
            case frames.TakenBack(peer, message_id):
                await delivery.take_back(page.person, page.participant(peer), message_id)
            case frames.Cleared(peer):
                await delivery.clear(page.person, page.participant(peer))

    async def _say(self, peer: int, message_id: str, text: str) -> None:
        if posted := await delivery.say(self.page.person, self.page.peer(peer), message_id, text):
            self.outflow.answer(broadcasts.posted_before(posted))

    async def _arrive(self, hello: frames.Hello) -> None:
        page = self.page
        if page.window:
            raise Refused("This window has already said hello. Reload the page.")
        await page.meet(hello.panes)
        try:
            await presence.arrive(page.person, hello.window)
            arrival = await mailbox.attach(page.person.id, hello.window, hello.cursor)
        except BaseException:  # cancelled too: a lease without a window would never end
            await presence.leave(page.person, hello.window)
            raise
        self.outflow.epoch, self.outflow.sent = arrival.epoch, arrival.number
        page.window = hello.window
        pulse.quicken()
        if hello.cursor:
            counts.resumed += 1
        if hello.cursor or arrival.has_gap:
            self._catch_up(hello, arrival)
        self.outflow.beat()

    async def resume(self) -> None:
        """What this window was told of its mailbox may hold no more: asks again, and tells what is gone for good."""
        page, outflow = self.page, self.outflow
        arrival = await mailbox.attach(page.person.id, page.window, f"{outflow.epoch}.{outflow.sent}", again=True)
        if arrival.is_new_box:  # in the same one the outflow goes on where it is, and sees by itself what is gone
            outflow.epoch, outflow.sent = arrival.epoch, arrival.number
            outflow.add(broadcasts.gap(page.known(), is_restart=True, seconds=0))
        outflow.add(broadcasts.offered_again() + broadcasts.overview(page.known()))
        outflow.beat()

    def _catch_up(self, hello: frames.Hello, arrival: Arrival) -> None:
        """Tells a page that comes back who is there now, and what it has missed for good, if anything."""
        peers = [self.page.peer(id) for id in hello.panes]
        was_long = hello.away >= settings.RESUME_SECONDS
        if arrival.is_new_box or arrival.has_gap or arrival.was_forgotten:
            is_restart = arrival.is_new_box and not was_long
            self.outflow.answer(broadcasts.gap(peers, is_restart=is_restart, seconds=hello.away))
        self.outflow.add(broadcasts.overview(peers))

    def _refuse(self, refusal: Refused) -> None:
        about = broadcasts.message_refused(refusal) if refusal.message else broadcasts.notice(refusal.reason)
        self.outflow.answer(about)
