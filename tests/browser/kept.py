"""Read what a browser has stored of a site."""

from playwright.sync_api import Page

CACHES = """async () => {
  const kept = {}
  for (const name of await caches.keys()) {
    const cache = await caches.open(name)
    kept[name] = await Promise.all((await cache.keys()).map(async (request) => {
      const answer = await cache.match(request)
      return [new URL(request.url).pathname, await answer.text(), [...answer.headers]]
    }))
  }
  return kept
}"""
WORKERS = """async () => (await navigator.serviceWorker.getRegistrations())
  .map(({ scope, active }) => [scope, active?.scriptURL ?? scope])
  .map((places) => places.map((place) => new URL(place).pathname))"""
READY = "navigator.serviceWorker.ready.then(({ active }) => active.state)"
# The page that is shown when the server can't be reached, and its files.
OFFLINE = {
    "/offline/",
    *(f"/static/css/{name}.css" for name in ("tokens", "base", "modes")),
    *("/static/js/page/lifecycle.js", "/static/img/mark.svg"),
}


def in_caches(page: Page) -> dict[str, list]:
    """Return each file's path, text and headers by the name of its cache."""
    return page.evaluate(CACHES)


def workers(page: Page) -> list[list[str]]:
    """Return the scope and URL of each service worker."""
    return page.evaluate(WORKERS)
