"""What a page is told when it comes, and when what it was told before may hold no more."""

from django.conf import settings
from django.utils.translation import gettext as _

from messaging.backends import mailbox, presence
from messaging.consumers import frames
from messaging.consumers.client_state import ClientState
from messaging.consumers.outbound import OutboundQueue
from messaging.delivery.background import background_task
from messaging.delivery.counters import counts
from messaging.domain.mailbox_results import Resumption
from messaging.domain.messages import Refused
from messaging.domain.presence import Changes
from messaging.people import visibility


async def connect(page: ClientState, outbound: OutboundQueue, hello: frames.Hello) -> None:
    """The page has said hello: it is given what it has missed, or told that it is gone."""
    if page.window:
        raise Refused(_("This window is already connected. Reload the page."))
    await page.connect(hello.panes)
    try:
        await presence.arrive(page.person, hello.window, is_hidden=page.is_hidden)
        presence.hide(page.person.id, is_hidden=page.is_hidden)  # it may have been chosen meanwhile
        resumed = await mailbox.attach(page.person.id, hello.window, hello.cursor)
    except BaseException:  # cancelled too: a lease without a window would never end
        await presence.leave(page.person, hello.window)
        raise
    outbound.epoch, outbound.sent = resumed.epoch, resumed.number
    page.window = hello.window
    background_task.wake_up()
    if hello.cursor:
        counts.resumed += 1
    if hello.cursor or resumed.has_gap:
        _catch_up(page, outbound, hello, resumed)
    elif (
        hello.panes
    ):  # there may be a block since the page was drawn; said to all, or it would tell of one
        changes, blocked = visibility.current_presence(page.open_peers(), page.blocks)
        outbound.add(outbound.renderer.presence(Changes([], changes.left), blocked))
    outbound.beat()


async def resume(page: ClientState, outbound: OutboundQueue) -> None:
    """What this window was told of its mailbox may hold no more: asks again, and tells what is gone
    for good.
    """
    resumed = await mailbox.attach(
        page.person.id, page.window, f"{outbound.epoch}.{outbound.sent}", again=True
    )
    if (
        resumed.is_new_inbox
    ):  # in the same one the outbound queue goes on where it is, and sees by itself what is gone
        outbound.epoch, outbound.sent = resumed.epoch, resumed.number
        outbound.add(outbound.renderer.gap(page.open_peers(), is_restart=True, seconds=0))
    outbound.add(outbound.renderer.offered_again() + outbound.overview())
    outbound.beat()


async def refresh(page: ClientState, outbound: OutboundQueue) -> None:
    """Somebody has blocked somebody, or appears offline, or no more: tells the page what that
    changes.
    """
    was_hidden, before = await page.refresh()
    presence.hide(page.person.id, is_hidden=page.is_hidden)
    background_task.wake_up()
    if not page.window:  # its hello tells it
        return
    if people := [page.peer(id) for id in sorted(visibility.people_to_update(before, page.blocks))]:
        outbound.add(outbound.renderer.presence(*visibility.current_presence(people, page.blocks)))
    if page.is_hidden != was_hidden:
        outbound.add(outbound.renderer.appearance(is_hidden=page.is_hidden))


def _catch_up(
    page: ClientState, outbound: OutboundQueue, hello: frames.Hello, resumed: Resumption
) -> None:
    """Tells a page that comes back who is there now, and what it has missed for good, if
    anything.
    """
    renderer, was_long = outbound.renderer, hello.away >= settings.RESUME_SECONDS
    is_restart = resumed.is_restart and not was_long
    is_forgotten = resumed.is_new_inbox or resumed.was_forgotten
    # The clock of a page may stand still while its machine sleeps: then it does not know how long
    # it was away. What it had under way may be so old that its name is forgotten here, and would be
    # taken for a new message.
    was_asleep = is_forgotten and not (is_restart or was_long)
    if was_asleep:
        outbound.answer(renderer.away_for_longer(2 * settings.RESUME_SECONDS + 1))
    if is_forgotten or resumed.has_gap:
        peers = [page.peer(id) for id in hello.panes]
        seconds = 0 if was_asleep else hello.away
        outbound.answer(renderer.gap(peers, is_restart=is_restart, seconds=seconds))
    outbound.add(outbound.overview())
