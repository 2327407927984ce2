"""Every text that people read is marked for translation."""

import ast
import re
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path

import pytest

from tests.support.fresh_copy import ROOT

TEMPLATES = sorted(file for end in ("html", "txt") for file in ROOT.glob(f"templates/**/*.{end}"))
# For operators or other programs, which get English.
SPARED = """
*/management/* */migrations/* messaging/ops/proof/* messaging/ops/checks/*
messaging/ops/metrics.py config/settings.py config/asgi_middleware/probes.py
"""
MODULES = [
    file
    for app in ("config", "accounts", "messaging")
    for file in sorted((ROOT / app).rglob("*.py"))
    if not any(fnmatch(str(file.relative_to(ROOT)), pattern) for pattern in SPARED.split())
]
CLASSES = re.compile(r"{% block kind %}.*?{% endblock %}")
MARKED = re.compile(r"(?s){% blocktranslate.*?{% endblocktranslate %}|{#.*?#}|{%.*?%}|{{.*?}}")
TAG = re.compile(r"""<(?:[^>"']|"[^"]*"|'[^']*')*>""")
ATTRIBUTE = re.compile(r'[\w-]+="[^"]*"')  # of an element in another file
READ = re.compile(r"""\b(?:alt|aria-label|aria-description|placeholder|title)=["']([^"']*)""")
WORD = re.compile(r"\b(?!UTC\b)[^\W\d_]{2,}")
SENTENCE = re.compile(r"[A-Z“].*[a-z] .*[.?!]$", re.DOTALL)
TRANSLATING = """
_ gettext gettext_lazy gettext_noop ngettext ngettext_lazy pgettext pgettext_lazy
"""
# These texts are for logs and developers.
FOR_OTHERS = "debug info warning error exception log_change BadRequest ImproperlyConfigured"
SPARED_CALLS = {*TRANSLATING.split(), *FOR_OTHERS.split()}


def unmarked(template: str) -> list[str]:
    """Return the untranslated words of a template."""
    text = MARKED.sub("", CLASSES.sub("", template))
    outside_tags = ATTRIBUTE.sub(" ", TAG.sub(" ", text))
    return WORD.findall(" ".join([*READ.findall(text), outside_tags]))


def sentences(source: str) -> Iterator[str]:
    """Return the untranslated sentences of a module: literals other than docstrings."""
    yield from _sentences(ast.parse(source))


def _sentences(node: ast.AST) -> Iterator[str]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Expr) and isinstance(child.value, ast.Constant):
            continue
        if isinstance(child, ast.Call) and _name(child) in SPARED_CALLS:
            continue
        if SENTENCE.match(text := _text(child)):
            yield text
        yield from _sentences(child)


def _text(node: ast.AST) -> str:
    """Return the text of a literal, with a number for each placeholder."""
    if isinstance(node, ast.JoinedStr):
        return "".join(_text(value) or "1" for value in node.values)
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def _name(call: ast.Call) -> str:
    return getattr(call.func, "id", getattr(call.func, "attr", ""))


@pytest.mark.parametrize("file", TEMPLATES, ids=lambda file: str(file.relative_to(ROOT)))
def test_every_text_of_a_template_is_translated(file: Path):
    assert unmarked(file.read_text()) == []


@pytest.mark.parametrize("file", MODULES, ids=lambda file: str(file.relative_to(ROOT)))
def test_every_text_of_a_module_is_translated(file: Path):
    assert list(sentences(file.read_text())) == []


@pytest.mark.parametrize(
    "template",
    [
        *("<p>Log in</p>", '<a title="Log in"></a>', "{% if a %}Log in{% endif %}"),
        "<p>{{ name }} is here</p>",
    ],
)
def test_untranslated_text_in_a_template_is_found(template):
    assert unmarked(template)


def test_translated_text_in_a_template_is_accepted():
    assert not unmarked('<p class="notice">{% translate "Log in" %} {{ name }}</p>{# why #}')
    assert not unmarked("{% blocktranslate count a=b %}one{% plural %}many{% endblocktranslate %}")


@pytest.mark.parametrize(
    "source", ['a = "This is wrong."', 'f(f"You have {a} codes.")', 'raise Refused("Not now.")']
)
def test_an_untranslated_sentence_in_a_module_is_found(source):
    assert list(sentences(source))


def test_a_translated_sentence_in_a_module_is_accepted():
    source = '"""Says it."""\na = _("This is wrong.")\nlogger.info("It went wrong.")'
    assert not list(sentences(source))
