"""What a page is told when it comes, and when what it was told before may hold no more."""

from django.conf import settings
from django.utils.translation import gettext as _

from messaging.backends import mailbox, presence
from messaging.consumers import frames
from messaging.consumers.client_state import Page
from messaging.consumers.outbound import Outflow
from messaging.delivery.background import pulse
from messaging.delivery.counters import counts
from messaging.domain.mailbox import Arrival
from messaging.domain.messages import Refused
from messaging.domain.presence import Changes
from messaging.people import visibility


async def arrive(page: Page, outflow: Outflow, hello: frames.Hello) -> None:
    """The page has said hello: it is given what it has missed, or told that it is gone."""
    if page.window:
        raise Refused(_("This window is already connected. Reload the page."))
    await page.arrive(hello.panes)
    try:
        await presence.arrive(page.person, hello.window, is_hidden=page.is_hidden)
        presence.hide(page.person.id, is_hidden=page.is_hidden)  # it may have been chosen meanwhile
        arrival = await mailbox.attach(page.person.id, hello.window, hello.cursor)
    except BaseException:  # cancelled too: a lease without a window would never end
        await presence.leave(page.person, hello.window)
        raise
    outflow.epoch, outflow.sent = arrival.epoch, arrival.number
    page.window = hello.window
    pulse.quicken()
    if hello.cursor:
        counts.resumed += 1
    if hello.cursor or arrival.has_gap:
        _catch_up(page, outflow, hello, arrival)
    elif (
        hello.panes
    ):  # there may be a block since the page was drawn; said to all, or it would tell of one
        changes, blocked = visibility.standing(page.known(), page.blocks)
        outflow.add(outflow.voice.presence_of(Changes([], changes.left), blocked))
    outflow.beat()


async def resume(page: Page, outflow: Outflow) -> None:
    """What this window was told of its mailbox may hold no more: asks again, and tells what is gone
    for good.
    """
    arrival = await mailbox.attach(
        page.person.id, page.window, f"{outflow.epoch}.{outflow.sent}", again=True
    )
    if (
        arrival.is_new_box
    ):  # in the same one the outflow goes on where it is, and sees by itself what is gone
        outflow.epoch, outflow.sent = arrival.epoch, arrival.number
        outflow.add(outflow.voice.gap(page.known(), is_restart=True, seconds=0))
    outflow.add(outflow.voice.offered_again() + outflow.overview())
    outflow.beat()


async def learn(page: Page, outflow: Outflow) -> None:
    """Somebody has blocked somebody, or appears offline, or no more: tells the page what that
    changes.
    """
    was_hidden, before = await page.learn()
    presence.hide(page.person.id, is_hidden=page.is_hidden)
    pulse.quicken()
    if not page.window:  # its hello tells it
        return
    if people := [page.peer(id) for id in sorted(visibility.differing(before, page.blocks))]:
        outflow.add(outflow.voice.presence_of(*visibility.standing(people, page.blocks)))
    if page.is_hidden != was_hidden:
        outflow.add(outflow.voice.appearance(is_hidden=page.is_hidden))


def _catch_up(page: Page, outflow: Outflow, hello: frames.Hello, arrival: Arrival) -> None:
    """Tells a page that comes back who is there now, and what it has missed for good, if
    anything.
    """
    voice, was_long = outflow.voice, hello.away >= settings.RESUME_SECONDS
    is_restart = arrival.is_restart and not was_long
    is_forgotten = arrival.is_new_box or arrival.was_forgotten
    # The clock of a page may stand still while its machine sleeps: then it does not know how long
    # it was away. What it had under way may be so old that its name is forgotten here, and would be
    # taken for a new message.
    has_slept = is_forgotten and not (is_restart or was_long)
    if has_slept:
        outflow.answer(voice.away_for_longer(2 * settings.RESUME_SECONDS + 1))
    if is_forgotten or arrival.has_gap:
        peers = [page.peer(id) for id in hello.panes]
        seconds = 0 if has_slept else hello.away
        outflow.answer(voice.gap(peers, is_restart=is_restart, seconds=seconds))
    outflow.add(outflow.overview())
