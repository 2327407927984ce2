"""The proof as an operator runs it, with a thousand messages on its own database."""

import subprocess
import sys

from tests.support.servers import ROOT, Server


def test_the_proof_finds_nothing_after_a_thousand_messages(tmp_path, record_property):
    place = Server(tmp_path)  # not started: the command starts its own
    place.manage("migrate", "--verbosity", "0")
    command = [sys.executable, "manage.py", "prove_ephemeral"]
    proof = subprocess.run(
        command, cwd=ROOT, env=place.environment, capture_output=True, text=True, check=False
    )
    assert proof.returncode == 0, proof.stdout + proof.stderr
    talked, faults = [
        line for line in proof.stdout.splitlines() if line.startswith(("Conversation", "Faults"))
    ]
    record_property("the proof", talked)
    assert "1,000 messages" in talked
    assert "all shown, all confirmed" in talked
    assert "all caused, all handled" in faults
