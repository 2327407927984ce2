"""`python -m tests.project.catalogues`, or `make messages`: collect and compile translations."""

import gettext
import re
import struct
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from tests.support import engines
from tests.support.fresh_copy import ROOT, manage

LOCALE = Path("config", "locale")
KEY = {"SECRET_KEY": "for-catalogues-only"}
# The place of a sentence without its line number, or half of the file would change with every
# sentence.
COLLECT = ("--no-obsolete", "--no-wrap", "--add-location", "file")
ELSEWHERE = ("deploy", "docs", "requirements", "staticfiles", "tests")


class Sentence(NamedTuple):
    """A string: context ("" for none), singular and plural ("" for none)."""

    context: str
    one: str
    many: str


# Each with all its forms. Only plurals have more than one.
Catalogue = dict[Sentence, list[str]]


def collect(folder: Path, *names: str) -> None:
    """Update .po files (all, or these locales): add new strings and remove old ones."""
    ignored = [word for name in ELSEWHERE for word in ("--ignore", name)]
    locales = [word for name in names for word in ("--locale", name)] or ["--all"]
    _run(folder, "makemessages", *locales, *COLLECT, *ignored)
    for file in (folder / LOCALE).rglob("django.po"):
        # gettext would insert the translation of a similar sentence, which may be wrong.
        cleared = ("--clear-fuzzy", "--empty", "--clear-previous", "--no-wrap")
        _attributes(*cleared, f"--output-file={file}", str(file))
        # Leave out the date, which would cause conflicts between branches.
        file.write_text(re.sub(r'(?m)^"POT-Creation-Date: .*"\n', "", file.read_text()))


def compile_all(folder: Path) -> None:
    _run(folder, "compilemessages", "--ignore", ".venv")


def read(folder: Path, name: str) -> Catalogue:
    """Read a compiled catalogue (GNU gettext manual, "The Format of GNU MO Files")."""
    raw = _file(folder, name, "mo").read_bytes()
    _, _, count, originals, translations = struct.unpack("<5I", raw[:20])
    pairs = zip(_texts(raw, originals, count), _texts(raw, translations, count), strict=True)
    return {_sentence(one): translation.split("\0") for one, translation in pairs if one}


def _texts(raw: bytes, table: int, count: int) -> Iterator[str]:
    for length, start in struct.iter_unpack("<2I", raw[table : table + 8 * count]):
        yield raw[start : start + length].decode()


def _sentence(original: str) -> Sentence:
    context, _, words = original.rpartition("\4")
    one, _, many = words.partition("\0")
    return Sentence(context, one, many)


def numbers(folder: Path, name: str) -> Callable[[int], int]:
    """Return which plural form a language uses for a number."""
    with _file(folder, name, "mo").open("rb") as file:
        return gettext.GNUTranslations(file).plural  # type: ignore[attr-defined]  # the stubs forget it


def _file(folder: Path, name: str, kind: str) -> Path:
    return folder / LOCALE / name / "LC_MESSAGES" / f"django.{kind}"


def missing(folder: Path, name: str) -> str:
    """Return the sentences of a .po file that have no translation, as gettext lists them."""
    return _attributes("--untranslated", "--no-obsolete", str(_file(folder, name, "po")))


def _attributes(*words: str) -> str:
    return subprocess.run(["msgattrib", *words], capture_output=True, text=True, check=True).stdout


def _run(folder: Path, *words: str) -> None:
    done = manage(folder, *words, **KEY)
    assert done.returncode == 0, done.stderr


if __name__ == "__main__":
    if not engines.find("gettext"):
        engines.fetch()
    engines.program("gettext")
    collect(ROOT)
    compile_all(ROOT)
    for folder in sorted((ROOT / LOCALE).iterdir()):
        sys.stdout.write(f"{folder.name}: {missing(ROOT, folder.name) or 'complete'}\n")
