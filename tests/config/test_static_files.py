"""Scripts import each other by the names that they have once `collectstatic` has run."""

import re

import pytest
from django.core.management import call_command
from django.templatetags.static import static

IMPORT = re.compile(r"""\b(?:from|import)\b\s*\(?\s*['"](.+?)['"]""")
HASHED = re.compile(r"\./[\w/]+\.[0-9a-f]{12}\.js")


@pytest.fixture
def collected(settings, tmp_path):
    backend = "config.static_files.HashedStaticFilesStorage"
    settings.STORAGES = settings.STORAGES | {"staticfiles": {"BACKEND": backend}}
    settings.STATIC_ROOT = tmp_path / "collected"
    settings.STATICFILES_DIRS = [*settings.STATICFILES_DIRS, tmp_path / "more"]
    for method in ("GZIP", "BROTLI", "ZSTD"):
        setattr(settings, f"SERVESTATIC_USE_{method}", False)
    (tmp_path / "more" / "parts").mkdir(parents=True)
    (tmp_path / "more" / "reader.js").write_text(
        "import read from './read.js'\nimport './parts/part.js'\n"
    )
    (tmp_path / "more" / "parts" / "part.js").write_text("read()\n")
    (tmp_path / "more" / "read.js").write_text("export default () => 1\n")
    call_command("collectstatic", interactive=False, verbosity=0)
    return settings.STATIC_ROOT


def test_a_script_imports_others_by_their_hashed_names(collected):
    names = ("reader.js", "read.js", "parts/part.js")
    reader, read, part = (static(name).rpartition("/")[2] for name in names)
    assert (collected / reader).read_text() == (
        f"import read from './{read}'\nimport './parts/{part}'\n"
    )
    assert HASHED.fullmatch(f"./{read}")
    for script in (collected / "js").rglob("*.????????????.js"):
        for imported in IMPORT.findall(script.read_text()):
            assert HASHED.fullmatch(imported), f"{script} imports {imported}"
            assert (script.parent / imported).is_file()
