import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


def person(related_name):
    return models.ForeignKey(
        on_delete=django.db.models.deletion.CASCADE, related_name=related_name, to=settings.AUTH_USER_MODEL
    )


class Migration(migrations.Migration):
    dependencies = [("accounts", "0004_passkeys_and_codes")]
    operations = [
        migrations.AddField(
            model_name="user",
            name="appears_offline",
            field=models.BooleanField(default=False, verbose_name="appears offline to others"),
        ),
        migrations.CreateModel(
            name="Block",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("blocked", person("+")),
                ("blocker", person("blocks")),
            ],
        ),
        migrations.AddField(
            model_name="user",
            name="blocking",
            field=models.ManyToManyField(
                related_name="blocked_by",
                through="accounts.Block",
                through_fields=("blocker", "blocked"),
                to=settings.AUTH_USER_MODEL,
                verbose_name="people whom you have blocked",
            ),
        ),
        migrations.AddConstraint(
            model_name="block",
            constraint=models.UniqueConstraint(fields=("blocker", "blocked"), name="one_block_for_a_pair"),
        ),
        migrations.AddConstraint(
            model_name="block",
            constraint=models.CheckConstraint(
                condition=models.Q(("blocker", models.F("blocked")), _negated=True), name="nobody_blocks_themselves"
            ),
        ),
    ]
