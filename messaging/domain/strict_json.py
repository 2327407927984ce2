"""Decode JSON from a page, and reject duplicate fields and constants such as NaN."""

import json


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise ValueError("the same field twice")
    return fields


def _no_constant(name: str) -> object:
    raise ValueError(name)


# Created once, because `json.loads` would create a decoder for every frame.
DECODER = json.JSONDecoder(object_pairs_hook=_unique, parse_constant=_no_constant)
