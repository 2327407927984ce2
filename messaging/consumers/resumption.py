"""Bring a page up to date when it connects or has missed updates."""

from contextlib import suppress

from django.conf import settings
from django.utils.translation import gettext as _

from messaging.backends import mailbox, presence
from messaging.consumers import frames
from messaging.consumers.client_state import ClientState
from messaging.consumers.outbound import OutboundQueue
from messaging.delivery.background import background_task
from messaging.delivery.counters import counts
from messaging.domain.mailbox_results import Resumption
from messaging.domain.messages import Refused, StateUnavailable
from messaging.domain.presence import Changes
from messaging.people import visibility


async def connect(page: ClientState, outbound: OutboundQueue, hello: frames.Hello) -> None:
    """Connect a page. Send the entries that it missed, or tell it that messages were lost."""
    if page.window:
        raise Refused(_("This window is already connected. Reload the page."))
    await page.connect(hello.panes)
    try:
        await presence.arrive(page.person, hello.window, is_hidden=page.is_hidden)
        presence.hide(page.person.id, is_hidden=page.is_hidden)  # it may have changed meanwhile
        resumed = await mailbox.attach(page.person.id, hello.window, hello.cursor)
    except BaseException:  # also if cancelled; a lease without a window would never end
        await presence.leave(page.person, hello.window)
        raise
    outbound.mail.epoch, outbound.mail.number = resumed.epoch, resumed.number
    page.window = hello.window
    background_task.wake_up()
    if hello.cursor:
        counts.resumed += 1
    if hello.cursor or resumed.has_gap:
        _catch_up(page, outbound, hello, resumed)
    elif hello.panes:
        # A block may be newer than the page. Always send this, so that it does not reveal a block.
        changes, blocked = visibility.current_presence(page.open_peers(), page.blocks)
        outbound.add(outbound.renderer.presence(Changes([], changes.left), blocked))
    outbound.beat()


async def disconnect(page: ClientState) -> None:
    """Release the lease of a page, and detach it from the mailbox."""
    if page.window:
        await presence.leave(page.person, page.window)
        with suppress(StateUnavailable):
            await mailbox.detach(page.person.id, page.window)


async def resume(page: ClientState, outbound: OutboundQueue) -> None:
    """Attach to the mailbox again after an outage, and tell the page if messages were lost."""
    resumed = await mailbox.attach(page.person.id, page.window, outbound.mail.position, again=True)
    # In the same inbox, the outbound queue continues and detects lost messages itself.
    if resumed.is_new_inbox:
        outbound.mail.epoch, outbound.mail.number = resumed.epoch, resumed.number
        outbound.add(outbound.renderer.gap(page.panes, is_restart=True, seconds=0))
    outbound.add(outbound.renderer.resync() + page.overview(outbound.renderer))
    outbound.beat()


async def refresh(page: ClientState, outbound: OutboundQueue) -> None:
    """Reload blocks and appearance, and tell the page what changed."""
    appeared, before = await page.refresh()
    presence.hide(page.person.id, is_hidden=page.is_hidden)
    background_task.wake_up()
    if not page.window:  # it gets these with its hello
        return
    if people := [page.peer(id) for id in sorted(visibility.people_to_update(before, page.blocks))]:
        outbound.add(outbound.renderer.presence(*visibility.current_presence(people, page.blocks)))
    if page.appearance != appeared:
        outbound.add(outbound.renderer.appearance(**page.appearance))


def _catch_up(
    page: ClientState, outbound: OutboundQueue, hello: frames.Hello, resumed: Resumption
) -> None:
    """Tell a page that reconnects who is online, and whether messages were lost."""
    renderer, was_long = outbound.renderer, hello.away >= settings.RESUME_SECONDS
    is_restart = resumed.is_restart and not was_long
    is_forgotten = resumed.is_new_inbox or resumed.was_forgotten
    # A page's clock may stop while its machine sleeps, so `hello.away` may be too short. The server
    # may have forgotten the IDs of its unconfirmed messages, and would accept a retry as new.
    was_asleep = is_forgotten and not (is_restart or was_long)
    if was_asleep:
        outbound.answer(renderer.away_for_longer(2 * settings.RESUME_SECONDS + 1))
    if is_forgotten or resumed.has_gap:
        seconds = 0 if was_asleep else hello.away
        outbound.answer(renderer.gap(hello.panes, is_restart=is_restart, seconds=seconds))
    outbound.add(page.overview(outbound.renderer))
