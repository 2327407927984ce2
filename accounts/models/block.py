"""Blocks between users."""

from django.db import models
from django.utils.translation import gettext

from accounts.models.user import User


class Block(models.Model):
    """A block. While it exists, the two users exchange nothing."""

    blocker = models.ForeignKey(User, models.CASCADE, related_name="blocks")
    blocked = models.ForeignKey(User, models.CASCADE, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["blocker", "blocked"], name="one_block_for_a_pair"),
            models.CheckConstraint(
                condition=~models.Q(blocker=models.F("blocked")), name="nobody_blocks_themselves"
            ),
        ]

    def __str__(self) -> str:
        words = gettext("%(blocker)s has blocked %(blocked)s")
        return words % {"blocker": self.blocker_id, "blocked": self.blocked_id}
