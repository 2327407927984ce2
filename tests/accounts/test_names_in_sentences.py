"""Names are inserted into sentences unchanged."""

import pytest

from accounts.templatetags.names import as_name, naming

ODD = "<b>{name} & {0}"
AS_HTML = '<bdi translate="no">&lt;b&gt;{name} &amp; {0}</bdi>'


@pytest.mark.parametrize(
    ("sentence", "html"),
    [
        ("{name} can’t be reached.", f"{AS_HTML} can’t be reached."),
        ("This message is empty.", "This message is empty."),
        ("{name}: <i> & {other} {", f"{AS_HTML}: &lt;i&gt; &amp; {{other}} {{"),
    ],
)
def test_a_name_is_inserted_into_a_sentence(sentence, html):
    assert naming(sentence, ODD) == html


def test_a_name_is_escaped_once():
    assert as_name(ODD) == AS_HTML
