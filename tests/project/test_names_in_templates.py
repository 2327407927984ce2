"""Names within template text are marked as not to be translated by browsers."""

import re
from html.parser import HTMLParser

import pytest
from django.template import Context, Engine

from tests.support.fresh_copy import ROOT

TEMPLATES = ROOT / "templates"
TITLE = re.compile(r"\{% block title %\}(.*?)\{% endblock(?: title)? %\}", re.DOTALL)
SENTENCE = re.compile(r"\{% blocktranslate([^%]*)%\}(.*?)\{% endblocktranslate %\}", re.DOTALL)
VARIABLE = re.compile(r"\{\{ ([^}]+) \}\}")
NAME = re.compile(r"(?:.+[._])?(?:name|display_name|username|sender|reporter|reported)(?:\.1)?")
IN_MY_DATA = {"messaging/my_data.html: name", "messaging/my_data.html: name|capfirst"}
OF_NOBODY = {"site_name", "_language.html: name", *IN_MY_DATA}
VOID = {"br", "hr", "img", "input", "link", "meta"}
NO_ELEMENTS_WITHIN = {"title", "option", "textarea"}


def unfolded(source: str) -> str:
    """Return a template as HTML in which each sentence contains its variables."""

    def unfold(sentence: re.Match) -> str:
        bound = dict(re.findall(r"(\w+)=(\S+)", sentence[1]))
        return VARIABLE.sub(lambda each: f"{{{{ {bound.get(each[1]) or each[1]} }}}}", sentence[2])

    return re.sub(r"\{%.*?%\}", "", TITLE.sub(r"<title>\1</title>", SENTENCE.sub(unfold, source)))


class Reader(HTMLParser):
    """Find unmarked names, and marked names where no element is allowed."""

    def __init__(self, template: str) -> None:
        super().__init__()
        self.template = template
        self.open: list[tuple[str, bool]] = []
        self.found: list[str] = []

    def handle_starttag(self, tag, attributes):
        self.found += [
            f"{name}: {value}" for name, value in attributes if "|as_name" in (value or "")
        ]
        if tag not in VOID:
            self.open.append((tag, ("translate", "no") in attributes))

    def handle_endtag(self, tag):
        while self.open and self.open.pop()[0] != tag:
            pass

    def handle_data(self, text):
        if any(is_marked for _, is_marked in self.open):
            return
        takes_elements = not any(tag in NO_ELEMENTS_WITHIN for tag, _ in self.open)
        named = VARIABLE.findall(text)
        self.found += [value for value in named if self.is_wrong(value, takes_elements)]

    def is_wrong(self, value: str, takes_elements: bool) -> bool:
        variable, *filters = value.split("|")
        if "as_name" in filters:
            return not takes_elements
        is_name = NAME.fullmatch(variable) and not {value, f"{self.template}: {value}"} & OF_NOBODY
        return takes_elements and bool(is_name)


def unmarked(source: str, template: str = "") -> list[str]:
    reader = Reader(template)
    reader.feed(unfolded(source))
    return reader.found


@pytest.mark.parametrize(
    "template", sorted(str(file.relative_to(TEMPLATES)) for file in TEMPLATES.rglob("*.html"))
)
def test_every_name_is_marked_as_not_to_be_translated(template):
    assert unmarked((TEMPLATES / template).read_text(), template) == []


TO_NAME = "{% blocktranslate with name=a.name %}To {{ name }}{% endblocktranslate %}"


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("<p>{{ peer.name }}</p>", ["peer.name"]),
        ('<p><bdi translate="no">{{ peer.name }}</bdi></p>', []),
        ('<p translate="no"><b>{{ peer_name }}</b></p><p>{{ my_name }}</p>', ["my_name"]),
        ('<b translate="no"><input></b>{{ user.username }}', ["user.username"]),
        ("{% blocktranslate %}To {{ peer_name }}{% endblocktranslate %}", ["peer_name"]),
        (TO_NAME, ["a.name"]),
        (TO_NAME.replace("a.name", "a.name|as_name trimmed"), []),
        (f'<p title="{TO_NAME}"></p>', []),
        ('<p title="{{ name|as_name }}"></p>', ["title: {{ name|as_name }}"]),
        ("<title>{{ name|as_name }}</title>", ["name|as_name"]),
        ("{% block title %}{{ name }}{% endblock %}{{ site_name }}", []),
    ],
)
def test_an_unmarked_name_would_be_found(source, found):
    assert unmarked(source) == found


def test_a_name_is_marked_and_escaped():
    template = Engine.get_default().from_string("{% load names %}{{ name|as_name }}")
    assert template.render(Context({"name": "<b>"})) == '<bdi translate="no">&lt;b&gt;</bdi>'


def test_a_name_in_a_sentence_from_python_is_marked_and_escaped():
    template = Engine.get_default().from_string("{% load names %}{{ sentence|naming:name }}")
    drawn = template.render(Context({"sentence": "<i> {name} is out", "name": "<b>{x}"}))
    assert drawn == '&lt;i&gt; <bdi translate="no">&lt;b&gt;{x}</bdi> is out'
