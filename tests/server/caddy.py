"""Run Caddy with deploy/Caddyfile in front of our servers, without its certificate."""

import os
import re
from typing import Any

from tests.support import engines
from tests.support.fresh_copy import ROOT
from tests.support.programs import HOST, Program, listens

CONFIGURATION = ROOT / "deploy" / "Caddyfile"


class Caddy(Program):
    """Forward to `ports`. Their addresses replace the DNS names of Compose."""

    def __init__(self, *ports: int) -> None:
        super().__init__()
        self.url = f"http://localhost:{self.port}"
        self.file = self.folder / "Caddyfile"
        addresses = " ".join(f"{HOST}:{port}" for port in ports)
        dynamic, text = r"dynamic a app 8000 \{[^}]*\}", CONFIGURATION.read_text()
        text, count = re.subn(dynamic, f"to {addresses}", text)
        assert count == 1
        self.file.write_text(text)

    def command(self) -> list[str]:
        place = ["--config", str(self.file), "--adapter", "caddyfile"]
        return [engines.program("caddy"), "run", *place]

    def surroundings(self) -> dict[str, Any]:
        # Caddy stores certificates and a copy of its configuration in these folders.
        places = dict.fromkeys(("HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME"), str(self.folder))
        return {"env": {**os.environ, **places, "SITE_URL": self.url}}

    def answers(self) -> bool:
        return listens(self.port)
