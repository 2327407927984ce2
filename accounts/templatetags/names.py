"""Filters for the names of people in sentences."""

from django import template
from django.utils.html import escape, format_html

register = template.Library()


@register.filter
def as_name(name: str) -> str:
    """Return a name as HTML that keeps its own direction and that translators leave alone. Not for attributes."""
    return format_html('<bdi translate="no">{}</bdi>', name)


@register.filter
def naming(sentence: str, name: str) -> str:
    """Return a sentence as HTML, with the name in the place of `{name}`."""
    return format_html(escape(sentence), name=as_name(name))
