"""The pages of the site's staff. Django finds this package, and its modules register themselves."""

from accounts.admin import groups, invitations, reports, users

__all__ = ["groups", "invitations", "reports", "users"]
