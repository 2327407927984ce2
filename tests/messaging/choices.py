"""Block, unblock and appear offline, through pages."""

from asgiref.sync import sync_to_async


async def blocks(window, person):
    await _posts(window, f"/people/{person.pk}/block/")


async def unblocks(window, person):
    await _posts(window, f"/people/{person.pk}/unblock/")


async def appears_offline(window, answer="yes"):
    await _posts(window, "/appearance/", {"offline": answer})


async def hides_typing(window, answer="yes"):
    await _posts(window, "/appearance/", {"hide-typing": answer})


async def _posts(window, path, fields=None):
    response = await sync_to_async(window.client.post)(
        path, fields or {}, headers={"hx-request": "true"}
    )
    assert response.status_code in {200, 204}
