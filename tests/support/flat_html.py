"""HTML without its layout, so that a test does not depend on where a template breaks its lines."""

import re


def flat(html: str) -> str:
    """Return HTML without whitespace around tags, and with single spaces everywhere else."""
    return re.sub(r" ?([<>]) ?", r"\1", " ".join(html.split()))
