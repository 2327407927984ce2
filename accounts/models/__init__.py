"""The models of accounts. Django looks for them here."""

from accounts.models.block import Block
from accounts.models.credentials import Passkey, PasskeyHandle, RecoveryCode, SecondFactor
from accounts.models.report import Report
from accounts.models.session import Session, SessionStore
from accounts.models.sign_up import Invitation, ReservedName
from accounts.models.user import User, UserManager

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
    "SessionStore",
    "User",
    "UserManager",
]
