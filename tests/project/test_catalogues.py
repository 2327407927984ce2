"""German is complete. In every language, placeholders are kept and nothing is fuzzy."""

import re
from collections import Counter
from pathlib import Path

import pytest
from django.conf import settings
from django.utils.translation import to_locale

from tests.project import catalogues
from tests.support import engines
from tests.support.fresh_copy import ROOT, make_copy

LOCALES = [to_locale(code) for code, _ in settings.LANGUAGES if code != settings.LANGUAGE_CODE]
COMPLETE = "de"  # the others are updated before a release, and show English until then
# Placeholders, and the markup around them.
MARKS = re.compile(r"%\(\w+\)[a-z]|\{\w*\}|</?\w+[^>]*>")
WINDOW = catalogues.Sentence("", "one window of %(name)s", "%(count)d windows of %(name)s")

NUMBERS = [*range(1000), 10**6]  # Spanish has a form for millions

each_language = pytest.mark.parametrize("name", LOCALES)


def marks(text: str) -> Counter[str]:
    return Counter(MARKS.findall(text))


def is_faithful(sentence: catalogues.Sentence, form: str, served: int) -> bool:
    """Return whether a form has all placeholders. A form for a single number may spell it out."""
    wanted = marks(sentence.many or sentence.one)
    missing, added = wanted - marks(form), marks(form) - wanted
    return not added and missing.total() <= (served == 1 and bool(sentence.many))


def is_quotable(form: str) -> bool:
    """Return whether a string can be used in an attribute, which a straight quotation mark would
    end.
    """
    return '"' not in re.sub(r"<[^>]*>", "", form)


@pytest.fixture(scope="module")
def compiled(tmp_path_factory):
    """Return a copy of the tree with new catalogues. German is collected again too."""
    if not engines.find("gettext"):
        pytest.skip("NO GETTEXT HERE, and none could be fetched: nobody looked for new sentences")
    copy = make_copy(tmp_path_factory.mktemp("sotto"))
    catalogues.collect(copy, COMPLETE)
    catalogues.compile_all(copy)
    return copy


def test_languages_and_catalogues_match():
    assert sorted(folder.name for folder in (ROOT / catalogues.LOCALE).iterdir()) == sorted(LOCALES)
    assert len(LOCALES) == 8


def test_every_string_is_translated_into_german(compiled):
    # `make messages` lists them.
    assert catalogues.missing(compiled, COMPLETE) == ""


@each_language
def test_no_translation_is_fuzzy(name):
    file = ROOT / catalogues.LOCALE / name / "LC_MESSAGES" / "django.po"
    assert not re.search(r"^#,.*\bfuzzy\b", file.read_text(), re.MULTILINE)


@each_language
def test_compiled_catalogues_are_up_to_date(name, compiled):
    # `make messages` compiles them.
    assert catalogues.read(compiled, name) == catalogues.read(ROOT, name)


@each_language
def test_each_plural_has_all_its_forms(name):
    form_for = catalogues.numbers(ROOT, name)
    forms = {form_for(number) for number in NUMBERS}
    for sentence, translations in catalogues.read(ROOT, name).items():
        assert len(translations) == (len(forms) if sentence.many else 1), sentence
        assert all(translations), sentence


@each_language
def test_placeholders_and_markup_are_in_every_form(name):
    form_for = catalogues.numbers(ROOT, name)
    served = Counter(map(form_for, NUMBERS))
    for sentence, translations in catalogues.read(ROOT, name).items():
        for number, form in enumerate(translations):
            assert is_faithful(sentence, form, served[number]), (sentence, form)
            assert is_quotable(form), form


@pytest.mark.parametrize(
    ("form", "served", "is_right"),
    [
        ("%(count)d Fenster von %(name)s", 999, True),
        ("Fenster von %(name)s", 999, False),
        ("ein Fenster von %(name)s", 1, True),
        ("ein Fenster", 1, False),
        ("%(count)d <b>Fenster</b> von %(name)s", 999, False),
        ("%(count)s Fenster von %(name)s", 999, False),
    ],
)
def test_missing_and_extra_placeholders_are_found(form, served, is_right):
    assert is_faithful(WINDOW, form, served) == is_right


def test_a_quotation_mark_that_ends_an_attribute_is_found():
    assert is_quotable('<a href="%(address)s">„Ja“</a>')
    assert not is_quotable('"Ja"')


def test_catalogues_are_where_the_settings_look():
    assert [Path(ROOT / catalogues.LOCALE)] == settings.LOCALE_PATHS
