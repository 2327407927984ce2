"""The administration. Django finds this package, and its modules register themselves."""

from accounts.admin import invitations, reports, users

__all__ = ["invitations", "reports", "users"]
