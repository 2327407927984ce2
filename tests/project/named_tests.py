"""Find tests by the names that documents use: `accounts/test_usernames.py::test_it`, relative to
`tests/`.
"""

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
    """Return a file's functions and assignments. State machines are assigned."""
    found = set()
    for node in ast.parse((ROOT / "tests" / file).read_text()).body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            found.add(node.name)
        elif isinstance(node, ast.Assign):
            found |= {target.id for target in node.targets if isinstance(target, ast.Name)}
    return found
