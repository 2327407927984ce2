"""Tests as documents name them: `accounts/test_usernames.py::test_it`, relative to `tests/`."""

import ast
from functools import cache

from tests.support.fresh_copy import ROOT


def missing(named: str) -> bool:
    """Return whether there is no test of this name."""
    file, _, test = named.partition("::")
    is_one = test.startswith(("test_", "Test"))
    return not (ROOT / "tests" / file).is_file() or not is_one or test not in defined_in(file)


@cache
def defined_in(file: str) -> set[str]:
    """Return the names of a file's functions and assignments, because tests of state machines are
    assigned.
    """
    tree = ast.parse((ROOT / "tests" / file).read_text())
    functions = {
        node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }
    targets = [
        target for node in tree.body if isinstance(node, ast.Assign) for target in node.targets
    ]
    return functions | {target.id for target in targets if isinstance(target, ast.Name)}
