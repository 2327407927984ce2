"""Search the log and the database."""

from collections.abc import Iterable
from pathlib import Path

from django.db import connection

from messaging.ops.proof.canary import Canary
from messaging.ops.proof.report import Result, number, size
from messaging.ops.proof.temporary_users import TemporaryUser

CHUNK = 4_000_000
SQLITE_SUFFIXES = ("", "-wal", "-journal", "-shm")


def forms_in_file(file: Path, canary: Canary) -> set[str]:
    """Return the encodings of the canary in a file of any size."""
    found: set[str] = set()
    rest = b""
    with file.open("rb") as opened:
        while chunk := opened.read(CHUNK):
            found |= canary.forms_in(rest + chunk)
            rest = chunk[-canary.longest :]
    return found


def log(written: bytes, canary: Canary) -> Result:
    hits = [
        f"{forms} in: {_kind_of(line)}"
        for line in written.splitlines()
        if (forms := _words(canary.forms_in(line)))
    ]
    checked = (
        f"{number(len(written.splitlines()), 'line')}, {size(len(written))}, DEBUG, asyncio debug"
    )
    return Result("Log of the server", checked, list(dict.fromkeys(hits)))


def names_in_log(written: bytes, people: Iterable[TemporaryUser]) -> Result:
    """Search the log for names. Only SQL, which is logged at DEBUG, may contain them."""
    names = [person.name.encode() for person in people]
    lines = [line for line in written.splitlines() if b"django.db.backends" not in line]
    hits = [f"a name in: {_kind_of(line)}" for line in lines if any(name in line for name in names)]
    return Result(
        "Names in the log, addresses included",
        number(len(names), "name"),
        list(dict.fromkeys(hits)),
    )


def database_rows(canary: Canary) -> Result:
    tables = connection.introspection.table_names()
    counts = []
    hits = []
    for table in tables:
        count, forms = _read_table(table, canary)
        counts.append(count)
        hits += [f"{_words(forms)} in table {table}"] if forms else []
    checked = f"{number(len(tables), 'table')}, {number(sum(counts), 'row')}"
    return Result(f"Database, by SQL ({connection.vendor})", checked, hits)


def database_files(canary: Canary) -> list[Result]:
    """Search SQLite's files, even deleted rows and free pages. Return [] for other databases."""
    if connection.vendor != "sqlite":
        return []
    files = [Path(f"{connection.settings_dict['NAME']}{suffix}") for suffix in SQLITE_SUFFIXES]
    files = [file for file in files if file.is_file()]
    hits = [
        f"{_words(forms)} in {file}" for file in files if (forms := forms_in_file(file, canary))
    ]
    checked = f"{number(len(files), 'file')}, {size(sum(file.stat().st_size for file in files))}"
    return [Result("Database, byte for byte", checked, hits)]


def _read_table(table: str, canary: Canary) -> tuple[int, set[str]]:
    found: set[str] = set()
    count = 0
    with connection.chunked_cursor() as cursor:
        cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")  # noqa: S608
        for row in cursor:
            count += 1
            found |= canary.forms_in(b"\n".join(map(_as_bytes, row)))
    return count, found


def _as_bytes(value: object) -> bytes:
    return (
        bytes(value)
        if isinstance(value, bytes | memoryview)
        else str(value).encode("utf-8", "surrogatepass")
    )


def _kind_of(line: bytes) -> str:
    """Return the level and logger of a log line, without its text."""
    return line[:40].decode(errors="replace").partition(": ")[0]


def _words(forms: set[str]) -> str:
    return ", ".join(sorted(forms))
