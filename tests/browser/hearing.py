"""A page as a screen reader presents it: Chromium's accessibility tree in reading order."""

from collections.abc import Iterator
from typing import NamedTuple

from playwright.sync_api import Page

LIVE = {"polite", "assertive"}
REGION = "this.parentElement.closest('[aria-live], [role]')"
IS_QUIET = f"function () {{ return {REGION}.ariaLive === 'off' }}"


class Node(NamedTuple):
    """A node of the tree. `is_live` is set inside live regions."""

    id: int
    role: str
    name: str
    is_live: bool


class Reader:
    """Read the same page repeatedly."""

    def __init__(self, page: Page) -> None:
        self.wire = page.context.new_cdp_session(page)
        self.wire.send("Accessibility.enable")
        self.known = {node.id for node in self.reads()}

    def reads(self) -> list[Node]:
        """Return the text of the whole page."""
        tree = self.wire.send("Accessibility.getFullAXTree")
        nodes = {node["nodeId"]: node for node in tree["nodes"]}
        root = next(node for node in nodes.values() if "parentId" not in node)
        return list(_read(root, nodes, is_live=False))

    def hears(self) -> list[str]:
        """Return the text added to live regions since the last call."""
        read = self.reads()
        texts = [node for node in read if node.role == "StaticText" and node.is_live]
        new = [node for node in texts if node.id not in self.known and node.name.strip()]
        self.known |= {node.id for node in read}
        return [node.name.strip() for node in new if not self._is_quiet(node)]

    def _is_quiet(self, node: Node) -> bool:
        """Return whether this part of a live region isn't announced. The tree has this only for the
        region.
        """
        found = self.wire.send("DOM.resolveNode", {"backendNodeId": node.id})["object"]["objectId"]
        called = {"objectId": found, "functionDeclaration": IS_QUIET, "returnByValue": True}
        return self.wire.send("Runtime.callFunctionOn", called)["result"]["value"]


def _read(node: dict, nodes: dict[str, dict], *, is_live: bool) -> Iterator[Node]:
    said = {each["name"]: each["value"].get("value") for each in node.get("properties", [])}
    is_live = is_live or said.get("live") in LIVE
    if not node["ignored"]:
        role, name = (node.get(part, {}).get("value", "") for part in ("role", "name"))
        yield Node(node.get("backendDOMNodeId", 0), role, name, is_live)
    for child in node.get("childIds", []):
        if child in nodes:
            yield from _read(nodes[child], nodes, is_live=is_live)
