"""Handle the frames that a page sends."""

import asyncio
import logging
from contextlib import suppress

from django.utils.translation import gettext as _

from messaging import rate_limits
from messaging.backends import mailbox, presence
from messaging.consumers import frames, resumption
from messaging.consumers.client_state import ClientState
from messaging.consumers.outbound import OutboundQueue
from messaging.delivery import actions, events, groups, outcomes
from messaging.delivery.counters import counts
from messaging.domain.conversations import Conversation
from messaging.domain.messages import Edited, Posted, Reacted, Refused, StateUnavailable
from messaging.domain.offers import Answered

logger = logging.getLogger(__name__)


class InboundHandler:
    """Parse frames, and call the actions that they request."""

    __slots__ = ("outbound", "page")

    def __init__(self, page: ClientState, outbound: OutboundQueue) -> None:
        self.page, self.outbound = page, outbound

    async def read(self, text: str) -> None:
        """Handle a frame, and tell the page if that fails. Raise Outdated for a page of another
        version, and StateUnavailable if the window cannot connect.
        """
        try:
            if not text:
                raise Refused(_("The server accepts only text."))
            await self._handle(frames.parse(text))
        except Refused as refusal:
            counts.refuse(refusal)
            self._refuse(refusal)
        except StateUnavailable:
            if not self.page.window:
                raise
            self._refuse(
                Refused(_("The server isn’t available right now. Try again in a few seconds."))
            )
        except frames.Outdated:
            raise
        except Exception as error:  # noqa: BLE001 - the window stays open
            # Only the type, because an exception and its stack may contain private text.
            logger.error("A frame could not be handled: %s", type(error).__name__)
            counts.refused["fault"] += 1
            self._refuse(
                Refused(_("Something went wrong on the server. Your text is still on this page."))
            )
        await self.outbound.flush()

    async def _handle(self, frame: frames.Frame) -> None:
        match frame:
            case frames.Hello():
                # Everything that the page missed is sent before other answers.
                self.outbound.is_held = True
                return await resumption.connect(self.page, self.outbound, frame)
            case _ if not self.page.window:
                raise Refused(_("This window isn’t connected yet. Reload the page."))
            case frames.Opened(conversation_id):
                # Other output is not held back here, because the database may be slow.
                return await self.page.open_panes([conversation_id])
        self.outbound.is_held = True  # all answers to this page go into one frame
        await self._do(frame)

    async def _do(self, frame: frames.Frame) -> None:
        page = self.page
        match frame:
            case frames.Acknowledged(cursor):
                self.outbound.confirmed(cursor)
                try:
                    await outcomes.notify_settled(
                        await mailbox.confirm(page.person.id, page.window, cursor)
                    )
                except StateUnavailable:  # possibly stored, but no receipt was sent
                    presence.request_resync()
                except asyncio.CancelledError:  # the window closed: likewise
                    presence.request_resync()
                    raise
            case Posted():
                await self._post_message(frame)
            case frames.Typing(conversation_id):
                await self._type(conversation_id)
            case frames.Read(conversation_id, message_id):
                with suppress(StateUnavailable):
                    if not await rate_limits.reads.retry_after(page.person.id):
                        conversation = Conversation.of(page.person, page.peer(conversation_id))
                        await events.conversation_read(page.person, conversation, message_id)
            case Edited() | Reacted() | frames.Unsent() | frames.Cleared() | Answered():
                await self._change(frame)

    async def _change(self, frame: frames.Change) -> None:
        """Change a message or a conversation that is already shown."""
        page = self.page
        peer = page.participant(frame.conversation_id)
        conversation, is_blocked = Conversation.of(page.person, peer), peer.id in page.blocks
        match frame:
            case Edited():
                await actions.edit(page.person, conversation, frame, is_blocked=is_blocked)
            case Reacted():
                await actions.react(page.person, conversation, frame, is_blocked=is_blocked)
            case Answered():
                await actions.answer_file(page.person, conversation, frame, is_blocked=is_blocked)
            case frames.Unsent():
                await actions.unsend(page.person, conversation, frame.id, frame.proof)
            case frames.Cleared():
                await actions.clear(page.person, conversation, page.blocks)

    async def _post_message(self, frame: Posted) -> None:
        page = self.page
        peer = page.peer(frame.conversation_id)
        conversation, is_blocked = Conversation.of(page.person, peer), peer.id in page.blocks
        if posted := await actions.post_message(
            page.person, conversation, frame, is_blocked=is_blocked
        ):
            *_, own = events.copies(posted)
            self.outbound.answer(self.outbound.renderer.mail(own))

    async def _type(self, conversation_id: int) -> None:
        """Show the other person that the sender is typing, unless the sender hides it or appears
        offline, or there is a block.
        """
        peer = self.page.peer(conversation_id)
        page = self.page
        if page.is_hidden or page.hides_typing or peer.id in page.blocks:
            return
        with suppress(StateUnavailable):
            if not await rate_limits.typing.retry_after(self.page.person.id):
                conversation = Conversation.of(self.page.person, peer)
                await groups.typing_seen(self.page.person.id, conversation)

    def _refuse(self, refusal: Refused) -> None:
        self.outbound.answer(self.outbound.renderer.refused(refusal))
