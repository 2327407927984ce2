"""The admin classes of accounts. Django discovers this package, whose modules register them."""

from accounts.admin import invitations, reports, users

__all__ = ["invitations", "reports", "users"]
