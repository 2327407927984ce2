"""Values for templates that show a message with a file."""

from django.utils import translation
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from messaging.domain.files import MEGABYTE, File, is_program, is_web_page
from messaging.domain.messages import Message


def file_values(file: File, language: str = "") -> dict[str, str]:
    """Return the values that templates show. The default language is the active one."""
    with translation.override(language or translation.get_language()):
        size_in_words = in_words(file.size)
    return {
        "size": str(file.size),
        "size_in_words": size_in_words,
        "kind": file.kind,
        "digest": file.digest,
    }


def file_shape(message: Message) -> dict[str, str | int]:
    """Return the values that templates test, or {} for a message without a file."""
    if not message.file:
        return {}
    return {
        "has_file": True,
        "is_picture": bool(message.file.kind),
        "is_program": is_program(message.text),
        "is_web_page": is_web_page(message.text),
    }


def in_words(size: int) -> str:
    """Return a size in bytes as translated text with decimal units."""
    if size < MEGABYTE:
        return _("%s KB") % number_format(max(1, round(size / 1000)))
    digits = 1 if size < 9.95 * MEGABYTE else 0
    return _("%s MB") % number_format(round(size / MEGABYTE, digits), digits)
