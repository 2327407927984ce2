r"""Check that django-environ, systemd and Docker read a file of `NAME=value` lines in the same way.

Errors never contain a value, because it may be secret.
"""

import re
from pathlib import Path
from typing import NoReturn

from django.core.exceptions import ImproperlyConfigured

NAME = re.compile(r"\s*(?:export\s+)?([A-Za-z_][A-Za-z_0-9]*)\s*=")
# Patterns for lines that some of these programs misread. The first match is reported.
MISTAKES = {
    rf"\A(?!{NAME.pattern})": "is not of the form NAME=value",
    r"[\x00-\x08\x0a-\x1f\x7f-\x9f\u2028\u2029]": (
        "has a control character, or a line break of another kind"
    ),
    r"\A(?!(?:export )?\w+=(?!\s))": "has spaces before the name or around the =",
    r"\A[^=]*=(?!'[^']*'\Z|\"[^\"]*\"\Z)['\"]": (
        "begins with a quote that does not end at the end of the line, or not only there"
    ),
    r"\A[^=]*='\".*\"'\Z": "has quotes inside quotes",
    r"\A[^=]*=(?!').*\\": "has a backslash: put the value into single quotes",
    r"\A[^=]*=(?!['\"]).*\s#": (
        "has a # after a space: put a comment on its own line, and a value with a # into quotes"
    ),
}


def check(file: Path, *, allow_export: bool = False) -> dict[str, tuple[int, str]]:
    """Return the number and text of the last line for each variable. Raise ImproperlyConfigured for
    a faulty line.

    Set `allow_export` if only Sotto and shells read the file. systemd and docker reject `export`.
    """
    found = {}
    for number, line in enumerate(_text(file).split("\n"), start=1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        for mistake, words in MISTAKES.items():
            if re.search(mistake, line):
                _refuse(file, number, line, words)
        if line.startswith("export ") and not allow_export:
            _refuse(
                file, number, line, "begins with export, which systemd and Docker do not support"
            )
        found[_name(line)] = (number, line)
    return found


def _text(file: Path) -> str:
    try:
        data = file.read_bytes()
    except OSError as error:
        raise ImproperlyConfigured(f"{file} cannot be read: {error.strerror}.") from None
    try:
        text, valid = data.decode("utf-8-sig"), len(data)
    except UnicodeDecodeError as error:
        text, valid = "", error.start
    if valid < len(data) or "\0" in text:  # Latin-1, UTF-16, or a binary file
        before = data[:valid].partition(b"\0")[0].decode("latin-1").split("\n")
        _refuse(file, len(before), before[-1], "is not UTF-8: save the file as UTF-8")
    return text.replace("\r\n", "\n")


def _name(line: str) -> str:
    match = NAME.match(line)
    return match[1] if match else ""


def _refuse(file: Path, number: int, line: str, words: str) -> NoReturn:
    name = _name(line)
    raise ImproperlyConfigured(f"Line {number} of {file}{name and f' ({name})'} {words}.") from None
