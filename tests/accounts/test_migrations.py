"""The squashed migration replaces the seven migrations before the first release."""

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.recorder import MigrationRecorder

BEFORE = """
0001_initial 0002_names_by_code_point 0003_sessions_and_ways_back 0004_passkeys_and_codes
0005_blocks 0006_reports 0007_words
"""


@pytest.mark.django_db
def test_an_up_to_date_database_has_nothing_to_migrate():
    recorder = MigrationRecorder(connection)
    recorder.migration_qs.filter(app="accounts").delete()
    for name in BEFORE.split():
        recorder.record_applied("accounts", name)
    executor = MigrationExecutor(connection)
    assert executor.migration_plan([("accounts", "0001_squashed_0007")]) == []
