"""Send messages to a test server, then search all storage to prove that none is stored."""

import argparse

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError, connection

from messaging.ops.proof import report
from messaging.ops.proof.audit import prove
from messaging.ops.proof.server import exit_cleanly_on_signals

OPENING = """\
Starting a test server with your configuration. Temporary users send each other random words, until
the server is killed. Then all places that could have kept these words are searched.
"""


class Command(BaseCommand):
    help = "Proves for this machine and this configuration that no message is kept."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--messages", type=_count, default=1000, help="how many to send (default: 1000)"
        )

    def handle(self, *, messages: int, **_) -> None:
        if connection.settings_dict["NAME"] == ":memory:":
            raise CommandError(
                "The database is in the memory of one process, so a test server cannot use it."
            )
        exit_cleanly_on_signals()
        self.stdout.write(OPENING)
        self.stdout.flush()  # the proof takes a while
        try:
            lines, notes = prove(messages)
        except (DatabaseError, OSError) as error:
            raise CommandError(f"Nothing was proven: {error}") from error
        self.stdout.write(report.table(lines) + "\n\nWhat this cannot check:\n")
        self.stdout.write("\n".join(f"- {note}" for note in notes) + "\n")
        self._judge(lines)

    def _judge(self, lines: list[report.Result]) -> None:
        if failed := [line.where for line in lines if line.found]:
            raise CommandError(f"Not proven. See: {'; '.join(failed)}.")
        unseen = [line.where for line in lines if line.otherwise == report.NOT_CHECKED]
        self.stdout.write(
            "Found nothing." + (f" Not checked: {'; '.join(unseen)}." if unseen else "")
        )


def _count(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 10_000:
        raise argparse.ArgumentTypeError("a whole number from 1 to 10000")
    return int(text)
