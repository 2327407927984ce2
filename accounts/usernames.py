"""Which names people may have, and when two spellings are one name. No requests, forms or
database.
"""

import unicodedata

import regex
from django.core.exceptions import ValidationError
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

SHORTEST, LONGEST = 2, 32
# Normalising is quadratic in a run of combining marks (200,000 of them: half a minute): longer
# input is not looked at.
LONGEST_TYPED = 128

# UAX #31, tables 5 and 7: scripts that people write today. Historic ones are what forgeries and
# vandalism are made of.
SCRIPTS = """
    Arabic Armenian Bengali Bopomofo Cyrillic Devanagari Ethiopic Georgian Greek Gujarati
    Gurmukhi Hangul Han Hebrew Hiragana Kannada Katakana Khmer Lao Latin Malayalam Myanmar Oriya
    Sinhala Tamil Telugu Thaana Thai Tibetan Adlam Balinese Bamum Batak Canadian_Aboriginal
    Chakma Cham Cherokee Hanifi_Rohingya Javanese Kayah_Li Lepcha Limbu Lisu Mandaic
    Meetei_Mayek Miao New_Tai_Lue Newa Nko Nyiakeng_Puachue_Hmong Ol_Chiki Osage Saurashtra
    Sundanese Syloti_Nagri Syriac Tai_Le Tai_Tham Tai_Viet Tifinagh Vai Wancho Yi
"""
# UTS #39, section 5.2, "highly restrictive": one script, or Latin with the scripts of one East
# Asian language.
MIXTURES = ("Latin Han Hiragana Katakana", "Latin Han Bopomofo", "Latin Han Hangul")

# Those who speak for the site, and words that mean somebody else wherever they are read as a name.
OFFICIALS = """
    admin administrator helpdesk help info moderator official operator owner postmaster root
    security service sotto staff superuser support sysadmin sysop system team webmaster
"""
WORDS = """
    all anonymous anybody anyone deleted everybody everyone guest here me nil nobody none null
    nul people person somebody someone undefined unknown us user users you
"""
# What reads like a Latin letter at a glance: digits, and the scripts in which a whole word can be
# forged.
LOOK_ALIKES = {
    **str.maketrans("01345789", "oleastbg"),
    **str.maketrans("авеԁѕһніјӏкмпоԛргтѵԝхус", "abedshhijlkmnoqprtvwxyc"),
    **str.maketrans("αβεζηικμνορτυχ", "abezhikmnoptyx"),
    **str.maketrans("ꓮꓐꓚꓓꓰꓝꓖꓧꓲꓙꓗꓡꓟꓠꓳꓑꓣꓢꓔꓴꓦꓪꓫꓬꓜ", "abcdefghijklmnoprstuvwxyz"),  # noqa: RUF001
}


def _any_of(*mixtures: str) -> regex.Pattern[str]:
    """Matches a whole text written in one of the mixtures; what all scripts share (digits, hyphens)
    fits everywhere.
    """
    classes = (
        "".join(rf"\p{{scx={script}}}" for script in mixture.split()) for mixture in mixtures
    )
    return regex.compile(
        "|".join(rf"[{scripts}\p{{scx=Common}}\p{{scx=Inherited}}]*" for scripts in classes)
    )


_INVISIBLE = regex.compile(r"[\p{C}\p{Default_Ignorable_Code_Point}]")
_FOREIGN_SIGN = regex.compile(r"[^\p{L}\p{Mn}\p{Mc}\p{Nd}._-]")
# Ends may carry marks: the last letter of a Hindi or Thai name often does.
_WELL_FORMED = regex.compile(r"(?:[\p{L}\p{Nd}]\p{M}*)(?:[._-]*[\p{L}\p{Nd}]\p{M}*)*")
# Accents of no script of their own, and Thai and Lao vowels and tones, pile up over one letter: two
# at most. Elsewhere marks are letters in all but name: a pointed Hebrew letter has three or four, a
# Burmese syllable up to five.
_PILED_UP = regex.compile(
    r"(?V1)(\p{M})\1|[\p{M}&&[\p{sc=Inherited}\p{sc=Common}\p{sc=Thai}\p{sc=Lao}]]{3}|\p{M}{6}",
)
_LIVING = _any_of(SCRIPTS)
_ONE_HAND = _any_of(*SCRIPTS.split(), *MIXTURES)


def normalise(name: str) -> str:
    """The name in Unicode's NFKC, so that what looks composed is, and wide or ornamental letters
    become plain ones.
    """
    return unicodedata.normalize("NFKC", name)


def fold(name: str) -> str:
    """The key under which all spellings of a name meet: Unicode's compatibility caseless matching
    (D146), in NFKC.
    """
    decomposed = unicodedata.normalize("NFKD", unicodedata.normalize("NFD", name).casefold())
    return unicodedata.normalize("NFKC", decomposed.casefold())


def may_be_looked_up(name: str) -> bool:
    """Whether a database can be asked for this at all: a text of bearable length without NUL,
    surrogates and such.
    """
    return len(name) <= LONGEST_TYPED and not any(map(_is_no_character, name))


def validate(name: str) -> None:
    """Raises ValidationError with one sentence for the first rule that the name breaks; NFKC is
    applied before.
    """
    if len(name) > LONGEST_TYPED:
        raise ValidationError(TOO_LONG, code="name")
    name = normalise(name)
    for breaks, sentence in RULES:
        if breaks(name):
            raise ValidationError(sentence, code="name")


def _is_no_character(character: str) -> bool:
    # Python's own tables count here: a letter younger than they are would be normalised otherwise
    # after an upgrade.
    return unicodedata.category(character).startswith("C")


def _is_invisible(name: str) -> bool:
    return bool(_INVISIBLE.search(name)) or any(map(_is_no_character, name))


def _skeleton(name: str) -> str:
    """The name as a hasty reader sees it: no case, marks or separators, look-alikes read as Latin
    letters.
    """
    letters: str = regex.sub(r"[\p{M}._-]", "", unicodedata.normalize("NFKD", fold(name)))
    return letters.translate(LOOK_ALIKES).replace("rn", "m")


def _glance(name: str) -> str:
    """Cruder still: a capital I is an l. Too crude for the short words, or nobody could be called
    Ali.
    """
    return _skeleton(name).replace("i", "l")


def _is_reserved(name: str) -> bool:
    return _skeleton(name) in _WORDS or _glance(name) in _OFFICIALS


_WORDS = {_skeleton(word) for word in WORDS.split()}
_OFFICIALS = {_glance(word) for word in OFFICIALS.split()}

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
        _FOREIGN_SIGN.search,
        _("Use only letters and digits, with dots, hyphens or underscores between them."),
    ),
    (
        lambda name: not _WELL_FORMED.fullmatch(name),
        _("A name must start and end with a letter or a digit."),
    ),
    (_PILED_UP.search, _("This name has too many accents on one letter.")),
    (
        lambda name: not _LIVING.fullmatch(name),
        _("This name uses a script that is no longer in everyday use."),
    ),
    (
        lambda name: not _ONE_HAND.fullmatch(name),
        _("This name mixes scripts whose letters look alike. Please use one."),
    ),
    (
        _is_reserved,
        _("This name is reserved or too similar to a reserved one. Please choose another one."),
    ),
)
