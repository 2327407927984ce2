"""A test as documents name it: `accounts/test_usernames.py::test_somebody`, from the folder of the
tests.
"""

import ast
from functools import cache

from tests.support.fresh_copy import ROOT


def missing(named: str) -> bool:
    file, _, test = named.partition("::")
    is_one = test.startswith(("test_", "Test"))
    return not (ROOT / "tests" / file).is_file() or not is_one or test not in defined_in(file)


@cache
def defined_in(file: str) -> set[str]:
    """The functions of a file, and what it gives a name to: a state machine's tests are made, not
    written.
    """
    tree = ast.parse((ROOT / "tests" / file).read_text())
    functions = {
        node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }
    targets = [
        target for node in tree.body if isinstance(node, ast.Assign) for target in node.targets
    ]
    return functions | {target.id for target in targets if isinstance(target, ast.Name)}
