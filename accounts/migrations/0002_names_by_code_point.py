from django.db import migrations


def list_names_by_code_point(apps, schema_editor):
    """As SQLite and Python do: a list whose one half comes from memory would else have two orders."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute('ALTER TABLE accounts_user ALTER username_key TYPE varchar(384) COLLATE "C"')


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]
    operations = [migrations.RunPython(list_names_by_code_point, migrations.RunPython.noop)]
