"""Decide which user names are allowed, and when two spellings are the same name."""

import unicodedata

import regex
from django.core.exceptions import ValidationError
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from accounts import spelling

SHORTEST, LONGEST = 2, 32
# Normalising a run of combining marks takes quadratic time (half a minute for 200,000 marks).
LONGEST_TYPED = 128

# Scripts in use today (UAX #31, tables 5 and 7).
SCRIPTS = """
    Arabic Armenian Bengali Bopomofo Cyrillic Devanagari Ethiopic Georgian Greek Gujarati
    Gurmukhi Hangul Han Hebrew Hiragana Kannada Katakana Khmer Lao Latin Malayalam Myanmar Oriya
    Sinhala Tamil Telugu Thaana Thai Tibetan Adlam Balinese Bamum Batak Canadian_Aboriginal
    Chakma Cham Cherokee Hanifi_Rohingya Javanese Kayah_Li Lepcha Limbu Lisu Mandaic
    Meetei_Mayek Miao New_Tai_Lue Newa Nko Nyiakeng_Puachue_Hmong Ol_Chiki Osage Saurashtra
    Sundanese Syloti_Nagri Syriac Tai_Le Tai_Tham Tai_Viet Tifinagh Vai Wancho Yi
"""
# Mixtures also allowed: Latin with the scripts of one East Asian language (UTS #39, section 5.2).
MIXTURES = ("Latin Han Hiragana Katakana", "Latin Han Bopomofo", "Latin Han Hangul")

# Names that appear to speak for the site, and words that would be misread in place of a name.
OFFICIALS = """
    admin administrator helpdesk help info moderator official operator owner postmaster root
    security service sotto staff superuser support sysadmin sysop system team webmaster
"""
WORDS = """
    all anonymous anybody anyone deleted everybody everyone guest here me nil nobody none null
    nul people person somebody someone undefined unknown us user users you
"""


def _any_of(*mixtures: str) -> regex.Pattern[str]:
    """Return a pattern for texts in one of these mixtures and characters that scripts share."""
    scripts = ("".join(rf"\p{{scx={name}}}" for name in each.split()) for each in mixtures)
    shared = r"\p{scx=Common}\p{scx=Inherited}"
    return regex.compile("|".join(f"[{each}{shared}]*" for each in scripts))


_INVISIBLE = regex.compile(r"[\p{C}\p{Default_Ignorable_Code_Point}]")
_FORBIDDEN = regex.compile(r"[^\p{L}\p{Mn}\p{Mc}\p{Nd}._-]")
# Marks are allowed at the end, because the last letter of a Hindi or Thai name often has some.
_WELL_FORMED = regex.compile(r"(?:[\p{L}\p{Nd}]\p{M}*)(?:[._-]*[\p{L}\p{Nd}]\p{M}*)*")
# At most two accents, Thai or Lao marks may be stacked. Other scripts need up to five marks.
_STACKED = regex.compile(
    r"(?V1)(\p{M})\1|[\p{M}&&[\p{sc=Inherited}\p{sc=Common}\p{sc=Thai}\p{sc=Lao}]]{3}|\p{M}{6}",
)
_IN_USE = _any_of(SCRIPTS)
_ONE_SCRIPT = _any_of(*SCRIPTS.split(), *MIXTURES)


def normalise(name: str) -> str:
    """Return the name in NFKC: composed, with plain letters instead of wide and ornamental ones."""
    return unicodedata.normalize("NFKC", name)


def fold(name: str) -> str:
    """Return the key that all spellings of a name share (Unicode D146, compatibility caseless)."""
    decomposed = unicodedata.normalize("NFKD", unicodedata.normalize("NFD", name).casefold())
    return unicodedata.normalize("NFKC", decomposed.casefold())


def may_be_looked_up(name: str) -> bool:
    """Return whether it is safe to query the database for this text, which may contain anything."""
    return len(name) <= LONGEST_TYPED and not any(map(_is_control_or_unassigned, name))


def validate(name: str) -> None:
    """Raise ValidationError for the first rule that the name breaks in NFKC."""
    if len(name) > LONGEST_TYPED:
        raise ValidationError(TOO_LONG, code="name")
    name = normalise(name)
    for breaks, sentence in RULES:
        if breaks(name):
            raise ValidationError(sentence, code="name")


def _is_control_or_unassigned(character: str) -> bool:
    # Use Python's tables, because a newer Python may normalise characters unassigned in them.
    return unicodedata.category(character).startswith("C")


def _is_invisible(name: str) -> bool:
    return bool(_INVISIBLE.search(name)) or any(map(_is_control_or_unassigned, name))


def _is_reserved(name: str) -> bool:
    skeleton = spelling.skeleton(fold(name))
    return skeleton in _WORDS or skeleton.replace("i", "l") in _OFFICIALS


_WORDS = {spelling.skeleton(word) for word in WORDS.split()}
# A capital I looks like an l. In the shorter list of words, this rule would reserve Ali.
_OFFICIALS = {spelling.skeleton(word).replace("i", "l") for word in OFFICIALS.split()}

HELP = format_lazy(
    _("{shortest} to {longest} letters or digits; dots, hyphens and underscores between them."),
    shortest=SHORTEST,
    longest=LONGEST,
)
TAKEN = _("This name is taken. Please choose another one.")
TOO_LONG = format_lazy(
    ngettext_lazy(
        "This name is too long. Use at most {limit} character.",
        "This name is too long. Use at most {limit} characters.",
        LONGEST,
    ),
    limit=LONGEST,
)
TOO_SHORT = format_lazy(
    ngettext_lazy(
        "This name is too short. Use at least {limit} character.",
        "This name is too short. Use at least {limit} characters.",
        SHORTEST,
    ),
    limit=SHORTEST,
)
RULES = (
    (_is_invisible, _("This name contains an invisible character. Please type it again.")),
    (lambda name: len(name) < SHORTEST, TOO_SHORT),
    (lambda name: len(name) > LONGEST, TOO_LONG),
    (
        _FORBIDDEN.search,
        _("Use only letters and digits, with dots, hyphens or underscores between them."),
    ),
    (
        lambda name: not _WELL_FORMED.fullmatch(name),
        _("A name must start and end with a letter or a digit."),
    ),
    (_STACKED.search, _("This name has too many accents on one letter.")),
    (
        lambda name: not _IN_USE.fullmatch(name),
        _("This name uses a script that is no longer in everyday use."),
    ),
    (
        lambda name: not _ONE_SCRIPT.fullmatch(name),
        _("This name mixes scripts whose letters look alike. Please use only one script."),
    ),
    (
        _is_reserved,
        _("This name is reserved or too similar to a reserved one. Please choose another one."),
    ),
)
