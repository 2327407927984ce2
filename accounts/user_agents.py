"""Coarse descriptions of browsers, just enough for users to recognise their own devices."""

from django.utils.translation import gettext, gettext_noop

UNKNOWN = gettext_noop("An unknown browser")
LONGEST = 1000  # characters of a header that are examined

# The first match counts, because many browsers also name others.
BROWSERS = {
    "Edg": "Edge",
    "OPR/": "Opera",
    "SamsungBrowser/": "Samsung Internet",
    "Vivaldi/": "Vivaldi",
    "Firefox/": "Firefox",
    "FxiOS/": "Firefox",
    "CriOS/": "Chrome",
    "Chrome/": "Chrome",
    "Safari/": "Safari",
}
SYSTEMS = {
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Android": "Android",
    "CrOS": "ChromeOS",
    "Windows": "Windows",
    "Macintosh": "macOS",
    "Linux": "Linux",
    "BSD": "BSD",
}


def describe(user_agent: str) -> str:
    """Return words such as "Firefox on Linux", never a part of the header itself."""
    browser, system = _first(BROWSERS, user_agent), _first(SYSTEMS, user_agent)
    return f"{browser or UNKNOWN} on {system}" if system else browser or UNKNOWN


def translated(words: str) -> str:
    """Return the words of `describe` in the current language."""
    browser, _, system = words.partition(" on ")
    if not system:
        return gettext(browser)
    return gettext("%(browser)s on %(system)s") % {"browser": gettext(browser), "system": system}


def _first(words: dict[str, str], user_agent: str) -> str:
    return next((word for mark, word in words.items() if mark in user_agent[:LONGEST]), "")
