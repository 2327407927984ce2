"""Helpers to read pages with forms."""

import re
from html import unescape


def found(pattern, page):
    """Match a pattern in the page, and return its first group."""
    match = re.search(pattern, page, re.DOTALL)
    assert match, pattern
    return match[1]


def words_beside(response, field):
    """Return the error of a field, from the element that describes the field."""
    page = response.content.decode()
    control = found(rf'(<input[^>]*\bname="{field}"[^>]*>)', page)
    described_by = re.search(r'aria-describedby="([^"]*)"', control)
    ids = [
        id_ for id_ in (described_by[1].split() if described_by else []) if id_.endswith("_error")
    ]
    if not ids:
        assert "aria-invalid" not in control
        return ""
    assert 'aria-invalid="true"' in control
    return unescape(found(rf'<div class="field__error" id="{ids[0]}">(.*?)</div>', page))


def focused(response):
    """Return the names of the fields with `autofocus`."""
    controls = re.findall(r"<input[^>]*\bautofocus\b[^>]*>", response.content.decode())
    return [found(r'name="([^"]*)"', control) for control in controls]
