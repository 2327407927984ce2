"""Reads JSON that a page has written: no field twice, no number that JSON does not have."""

import json


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise ValueError("the same field twice")
    return fields


def _no_constant(name: str) -> object:
    raise ValueError(name)


# Made once: `json.loads` makes one for every frame.
DECODER = json.JSONDecoder(object_pairs_hook=_unique, parse_constant=_no_constant)
