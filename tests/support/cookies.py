"""The cookie names of a site at http://localhost:PORT (config.settings)."""


def cookie(site: str, name: str, value: str) -> str:
    """Return its `session` or `csrf` cookie as a header. `site` is its URL or host and port."""
    return f"sotto_{site.rpartition(':')[2]}_{name}={value}"
