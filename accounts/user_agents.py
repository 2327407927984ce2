"""What a browser calls itself, in words so coarse that they tell apart nothing but one's own
devices.
"""

from django.utils.translation import gettext, gettext_noop

UNKNOWN = gettext_noop("An unknown browser")
LONGEST = 1000  # of a header that is looked at

# The first whose mark is found: many name others that they want to be taken for.
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
    """Such as "Firefox on Linux": one of a few words for each, never a part of the header
    itself.
    """
    browser, system = _first(BROWSERS, user_agent), _first(SYSTEMS, user_agent)
    return f"{browser or UNKNOWN} on {system}" if system else browser or UNKNOWN


def translated(words: str) -> str:
    """What `in_words` has said and a session has kept, in the language of whoever reads it."""
    browser, _, system = words.partition(" on ")
    if not system:
        return gettext(browser)
    return gettext("%(browser)s on %(system)s") % {"browser": gettext(browser), "system": system}


def _first(words: dict[str, str], user_agent: str) -> str:
    return next((word for mark, word in words.items() if mark in user_agent[:LONGEST]), "")
