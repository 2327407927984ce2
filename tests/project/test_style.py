"""Style limits that a search can check."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.support.fresh_copy import ROOT

TEMPLATES = ("templates/**/*.html",)
PYTHON = ("config/**/*.py", "accounts/**/*.py", "messaging/**/*.py")
STYLES = ("static/css/*.css",)
SCRIPTS = ("static/js/**/*.js",)
MAX_SCRIPTS = 64
MAX_SCRIPT_LINES = 60


class Limit(NamedTuple):
    """A pattern that these files must not contain, and a line that it must match."""

    files: tuple[str, ...]
    pattern: str
    example: str
    spared: frozenset[str] = frozenset()

    def is_broken_by(self, text: str) -> bool:
        return bool(re.search(self.pattern, text, re.IGNORECASE))


LIMITS = {
    "a style in the markup": Limit(TEMPLATES, r"\sstyle\s*=|<style\b", '<p style="color: red">'),
    "a script in the page": Limit(
        TEMPLATES, r"<script\b(?![^>]*\ssrc=)", "<script>alert(1)</script>"
    ),
    "an event handler": Limit(TEMPLATES, r"<[^>]*\son[a-z]+\s*=", '<a onclick="leave()">'),
    "hx-on": Limit(TEMPLATES, r"\bhx-on\b", '<form hx-on::after-request="this.reset()">'),
    "a computed value": Limit(
        TEMPLATES, r"\bhx-\w+\s*=\s*[\"']\s*(js|javascript):", "<p hx-vals='js:{a: 1}'>"
    ),
    "a trigger filter": Limit(
        TEMPLATES,
        r"\bhx-trigger\s*=\s*\"([^\"]*,)?\s*[\w:.-]+\[",
        '<p hx-trigger="load, click[ctrlKey]">',
    ),
    "text trusted by a template": Limit(
        TEMPLATES, r"\|\s*safe(seq)?\b|\bautoescape\s+off\b", "{{ text|safe }}"
    ),
    "text trusted by Python": Limit(
        PYTHON,
        r"\b(mark_safe|SafeString|SafeText|__html__)\b",
        "mark_safe(text)",
        # These escape everything that they insert: links, and values of templates. A QR code
        # contains only numbers.
        frozenset(
            {
                "messaging/rendering/links.py",
                "messaging/rendering/text.py",
                "messaging/rendering/compiled.py",
                "accounts/qr_codes.py",
            }
        ),
    ),
    "markup made by a script": Limit(
        SCRIPTS,
        r"\b(inner|outer)HTML\b|\binsertAdjacentHTML\b|\bdocument\.write",
        "pane.innerHTML = text",
    ),
    # A translation or an extension may have changed it (static/js/connection/fragments.js).
    "a message read off the screen": Limit(
        SCRIPTS,
        r"\bmessage__text'\)\??\.(textContent|innerText)(?!\s*=)",
        "const text = bubble.querySelector('.message__text').textContent",
    ),
    "!important": Limit(STYLES, r"!\s*important", "color: red !important;"),
    "a line of more than 100 columns": Limit(
        ("Makefile", *STYLES, *SCRIPTS, *TEMPLATES), r"(?m)^.{101}", "x" * 101
    ),
    "two declarations in a line": Limit(
        STYLES, r"(?m)^\s*[\w-]+:[^;\n]*;[^\S\n]*\S|\{[^\S\n]*\S", "  color: red; margin: 0;"
    ),
    "a rule in a line": Limit(STYLES, r"\{[^\n]*\}", "p { color: red }"),
    "two selectors in a line": Limit(
        STYLES, r"(?m)^[^(@\n]*,[^\n]*\{$|^[^@\n]*\),[^)\n]*\{$", "a:not(.button), p {"
    ),
    # Browsers would evaluate them again for each change of a transcript.
    ":has() on a message or around it": Limit(
        STYLES,
        r"(:root|\.(chat|panes|panes__stack|pane|pane__scroller|pane__talk|transcript"
        r"|message(--\w+)?))(?![\w-])[^\s{]*:has\(",
        ".message--mine:not(:has(.state--delivered)) [data-action] {",
    ),
    "two rules without a blank line between": Limit(STYLES, r"\}\n[^\S\n]*[^\s}]", "}\np {"),
}


def files_of(limit: Limit) -> Iterator[Path]:
    files = (file for pattern in limit.files for file in ROOT.glob(pattern))
    return (file for file in files if str(file.relative_to(ROOT)) not in limit.spared)


@pytest.mark.parametrize("limit", LIMITS.values(), ids=LIMITS.keys())
def test_the_style_limits_are_kept(limit):
    assert any(files_of(limit)), "there is nothing to look at"
    assert [file for file in files_of(limit) if limit.is_broken_by(file.read_text())] == []


@pytest.mark.parametrize("limit", LIMITS.values(), ids=LIMITS.keys())
def test_each_limit_finds_a_violation(limit):
    assert limit.is_broken_by(limit.example)


@pytest.mark.parametrize(
    ("limit", "file"), [(limit, file) for limit in LIMITS.values() for file in sorted(limit.spared)]
)
def test_an_exempt_file_still_needs_its_exemption(limit, file):
    assert limit.is_broken_by((ROOT / file).read_text())


def test_scripts_are_few_and_short():
    lines = {file: file.read_text().count("\n") for file in ROOT.glob(*SCRIPTS)}
    assert 0 < len(lines) <= MAX_SCRIPTS
    assert {file: count for file, count in lines.items() if count > MAX_SCRIPT_LINES} == {}


def test_no_third_party_file_is_among_the_static_files():
    names = [file.name.lower() for file in (ROOT / "static").rglob("*") if file.is_file()]
    assert names
    assert [name for name in names if ".min." in name or "htmx" in name] == []
