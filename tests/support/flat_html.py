"""Normalise whitespace in HTML."""

import re


def flat(html: str) -> str:
    """Return HTML without whitespace around tags, and with single spaces everywhere else."""
    return re.sub(r" ?([<>]) ?", r"\1", " ".join(html.split()))
