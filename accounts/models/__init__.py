"""Every table of accounts: Django looks for them here."""

from accounts.auth.recovery import RecoveryCode
from accounts.deletion import ReservedName
from accounts.invitations import Invitation
from accounts.models.credentials import Passkey, PasskeyHandle, SecondFactor
from accounts.models.user import Block, User, UserManager
from accounts.reports import Report
from accounts.sessions import Session

__all__ = [
    "Block",
    "Invitation",
    "Passkey",
    "PasskeyHandle",
    "RecoveryCode",
    "Report",
    "ReservedName",
    "SecondFactor",
    "Session",
    "User",
    "UserManager",
]
