"""What a site at http://localhost:PORT calls its cookies (config.settings)."""


def cookie(site: str, name: str, value: str) -> str:
    """Return its cookie `session` or `csrf` as a browser sends it; `site` is its address, or host
    and port.
    """
    return f"sotto_{site.rpartition(':')[2]}_{name}={value}"
