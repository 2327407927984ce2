"""What comes from one page: a frame is read, and done or refused in words."""

import asyncio
import logging
from contextlib import suppress

from django.conf import settings
from django.utils.translation import gettext as _

from messaging import rate_limits
from messaging.backends import mailbox, presence
from messaging.consumers import frames
from messaging.consumers.client_state import Page
from messaging.consumers.outbound import Outflow
from messaging.delivery import actions, events, groups
from messaging.delivery.background import pulse
from messaging.delivery.counters import counts
from messaging.domain.mailbox import Arrival
from messaging.domain.messages import Edited, Reacted, Refused, Unreachable
from messaging.domain.presence import Changes
from messaging.people import visibility

logger = logging.getLogger(__name__)


class Intake:
    """Calls the domain. What there is to say to the page itself goes to its outflow, like everything else."""

    __slots__ = ("outflow", "page")

    def __init__(self, page: Page, outflow: Outflow) -> None:
        self.page, self.outflow = page, outflow

    async def read(self, text: str) -> None:
        """Raises Unreachable where a window cannot even arrive, and Outdated where its page does not fit; whatever else
        goes wrong is told to the page."""
        try:
            if not text:
                raise Refused(_("This server reads text alone."))
            await self._obey(frames.parse(text))
        except Refused as refusal:
            counts.refuse(refusal)
            self._refuse(refusal)
        except Unreachable:
            # What was only mentioned is mentioned again; what was to be done is not.
            if not self.page.window:
                raise
            self._refuse(Refused(_("The server cannot reach its memory at the moment. Try again in a few seconds.")))
        except frames.Outdated:
            raise
        except Exception as error:  # noqa: BLE001 - the window must not pay for a fault of the server
            # By its kind alone: an exception's message, and the frames of its stack, may hold what somebody wrote.
            logger.error("A frame could not be handled: %s", type(error).__name__)
            counts.refused["fault"] += 1
            self._refuse(Refused(_("Something went wrong on the server. What you wrote is still in this page.")))
        await self.outflow.flush()

    async def _obey(self, frame: frames.Frame) -> None:
        match frame:
            case frames.Hello():
                # What it has missed goes out before anything that follows is answered.
                self.outflow.is_held = True
                return await self._arrive(frame)
            case _ if not self.page.window:
                raise Refused(_("The page has not said which window it is. Reload the page."))
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
                    await actions.tell(await mailbox.confirm(page.person.id, page.window, cursor))
                except Unreachable:  # it may have been taken, and its sender not been told
                    pulse.doubt()
                except asyncio.CancelledError:  # nor here, where the window is let go meanwhile
                    pulse.doubt()
                    raise
            case frames.Said(peer, message_id, text):
                await self._say(peer, message_id, text)
            case frames.Typing(peer):
                await self._type(peer)
            case frames.Read(peer, message_id):
                with suppress(Unreachable):
                    if not await rate_limits.reads.wait(page.person.id):
                        await events.conversation_read(page.person, page.peer(peer), message_id)
            case _:
                await self._change(frame)

    async def _change(self, frame: frames.Frame) -> None:
        """What is on the pages of both already."""
        page = self.page
        match frame:
            case Edited(peer):
                await actions.edit(page.person, page.participant(peer), frame, is_blocked=peer in page.blocks)
            case frames.TakenBack(peer, message_id, proof):
                await actions.take_back(page.person, page.participant(peer), message_id, proof)
            case Reacted(peer):
                await actions.react(page.person, page.participant(peer), frame, is_blocked=peer in page.blocks)
            case frames.Cleared(peer):
                await actions.clear(page.person, page.participant(peer), page.blocks)

    async def _say(self, peer: int, message_id: str, text: str) -> None:
        page = self.page
        is_blocked = peer in page.blocks
        if posted := await actions.say(page.person, page.peer(peer), message_id, text, is_blocked=is_blocked):
            _, own = events.copies(posted)
            self.outflow.answer(self.outflow.voice.mail(own))

    async def _type(self, peer: int) -> None:
        """Nobody types who appears offline, nor anybody to somebody with whom there is a block."""
        if self.page.is_hidden or peer in self.page.blocks:
            return
        with suppress(Unreachable):
            if not await rate_limits.typing.wait(self.page.person.id):
                await groups.typing_seen(self.page.person.id, peer)

    async def _arrive(self, hello: frames.Hello) -> None:
        page = self.page
        if page.window:
            raise Refused(_("This window has already said hello. Reload the page."))
        await page.arrive(hello.panes)
        try:
            await presence.arrive(page.person, hello.window, is_hidden=page.is_hidden)
            presence.hide(page.person.id, is_hidden=page.is_hidden)  # it may have been chosen meanwhile
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
        elif hello.panes:  # there may be a block since the page was drawn; said to all, or it would tell of one
            changes, blocked = visibility.standing(page.known(), page.blocks)
            self.outflow.add(self.outflow.voice.presence_of(Changes([], changes.left), blocked))
        self.outflow.beat()

    async def resume(self) -> None:
        """What this window was told of its mailbox may hold no more: asks again, and tells what is gone for good."""
        page, outflow = self.page, self.outflow
        arrival = await mailbox.attach(page.person.id, page.window, f"{outflow.epoch}.{outflow.sent}", again=True)
        if arrival.is_new_box:  # in the same one the outflow goes on where it is, and sees by itself what is gone
            outflow.epoch, outflow.sent = arrival.epoch, arrival.number
            outflow.add(outflow.voice.gap(page.known(), is_restart=True, seconds=0))
        outflow.add(outflow.voice.offered_again() + outflow.overview())
        outflow.beat()

    async def learn(self) -> None:
        """Somebody has blocked somebody, or appears offline, or no more: tells the page what that changes."""
        page = self.page
        was_hidden, before = await page.learn()
        presence.hide(page.person.id, is_hidden=page.is_hidden)
        pulse.quicken()
        if not page.window:  # its hello tells it
            return
        if people := [page.peer(id) for id in sorted(visibility.differing(before, page.blocks))]:
            self.outflow.add(self.outflow.voice.presence_of(*visibility.standing(people, page.blocks)))
        if page.is_hidden != was_hidden:
            self.outflow.add(self.outflow.voice.appearance(is_hidden=page.is_hidden))

    def _catch_up(self, hello: frames.Hello, arrival: Arrival) -> None:
        """Tells a page that comes back who is there now, and what it has missed for good, if anything."""
        voice, was_long = self.outflow.voice, hello.away >= settings.RESUME_SECONDS
        is_restart = arrival.is_restart and not was_long
        is_forgotten = arrival.is_new_box or arrival.was_forgotten
        # The clock of a page may stand still while its machine sleeps: then it does not know how long it was away. What
        # it had under way may be so old that its name is forgotten here, and would be taken for a new message.
        has_slept = is_forgotten and not (is_restart or was_long)
        if has_slept:
            self.outflow.answer(voice.away_for_longer(2 * settings.RESUME_SECONDS + 1))
        if is_forgotten or arrival.has_gap:
            peers = [self.page.peer(id) for id in hello.panes]
            seconds = 0 if has_slept else hello.away
            self.outflow.answer(voice.gap(peers, is_restart=is_restart, seconds=seconds))
        self.outflow.add(self.outflow.overview())

    def _refuse(self, refusal: Refused) -> None:
        self.outflow.answer(self.outflow.voice.refused(refusal))
