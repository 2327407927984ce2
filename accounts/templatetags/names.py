"""Filters for user names in sentences."""

from django import template
from django.utils.html import format_html, format_html_join

register = template.Library()


@register.filter
def as_name(name: str) -> str:
    """Return a name as HTML, with its text direction isolated and translation disabled. Do not use
    this in attributes.
    """
    return format_html('<bdi translate="no">{}</bdi>', name)


@register.filter
def naming(sentence: str, name: str) -> str:
    """Return a sentence as HTML, with the name in place of `{name}`."""
    return format_html_join(as_name(name), "{}", ([part] for part in sentence.split("{name}")))
