"""Users."""

from asgiref.sync import sync_to_async
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts import spelling, usernames
from accounts.models.report import Report
from accounts.models.sign_up import ReservedName


class UserManager(BaseUserManager["User"]):
    """Find users by any spelling of their name."""

    fold = staticmethod(usernames.fold)

    def named(self, username: object) -> models.QuerySet["User"]:
        """Return a queryset with the user of this name, or an empty one. The argument may be any
        value that a client has sent.
        """
        if isinstance(username, str) and usernames.may_be_looked_up(username):
            return self.filter(username_key=usernames.fold(username))
        return self.none()

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.named(username).get()

    async def aget_by_natural_key(self, username: str | None) -> "User":
        return await sync_to_async(self.get_by_natural_key)(username)

    def create_user(
        self, username: str, email: str = "", password: str | None = None, **fields: object
    ) -> "User":
        """Create a user. Raise IntegrityError if the name is taken."""
        user = self.model(username=username, email=self.normalize_email(email), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(
        self, username: str, email: str = "", password: str | None = None, **fields: object
    ) -> "User":
        powers = {"is_staff": True, "is_superuser": True}
        return self.create_user(username, email, password, **powers | fields)


class User(AbstractBaseUser, PermissionsMixin):
    """A user. All spellings of a `username` have the same `username_key`."""

    username = models.CharField(
        _("user name"),
        max_length=usernames.LONGEST_TYPED,
        unique=True,
        validators=[usernames.validate],
        error_messages={"unique": usernames.TAKEN},
        help_text=usernames.HELP,
    )
    # One character folds to at most three (Unicode's CaseFolding.txt).
    username_key = models.CharField(
        _("normalized user name"),
        max_length=3 * usernames.LONGEST_TYPED,
        unique=True,
        editable=False,
    )
    email = models.EmailField(_("e-mail"), blank=True)
    is_active = models.BooleanField(
        _("active"),
        default=True,
        help_text=_("Uncheck to deactivate the account without deleting it."),
    )
    is_staff = models.BooleanField(
        _("staff"), default=False, help_text=_("Can open the administration.")
    )
    date_joined = models.DateTimeField(_("joined"), default=timezone.now, editable=False)
    appears_offline = models.BooleanField(_("appears offline to others"), default=False)
    hides_typing = models.BooleanField(
        _("hides typing from others"), default=False, db_default=False
    )
    blocking: models.ManyToManyField = models.ManyToManyField(
        "self",
        through="Block",
        through_fields=("blocker", "blocked"),
        symmetrical=False,
        related_name="blocked_by",
        verbose_name=_("people you have blocked"),
    )

    objects = UserManager()

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"

    class Meta:
        ordering = ["username_key"]
        verbose_name = _("person")
        verbose_name_plural = _("people")

    def clean(self) -> None:
        super().clean()
        self.email = type(self).objects.normalize_email(self.email)
        if self._has_taken_name():
            raise ValidationError({"username": ValidationError(usernames.TAKEN, code="unique")})

    def set_password(self, raw_password: str | None) -> None:
        super().set_password(raw_password and spelling.normalise_password(raw_password))

    def unread_reports(self) -> int | None:
        """Return how many unread reports this user may read, or None without permission."""
        may_read = self.is_staff and self.has_perm("accounts.view_report")
        return Report.objects.count_unread(but_about=self) if may_read else None

    def may_invite(self) -> bool:
        is_allowed = self.is_staff or settings.INVITATIONS == "everybody"
        return settings.SIGNUP != "closed" and self.is_active and is_allowed

    def _has_taken_name(self) -> bool:
        if not usernames.may_be_looked_up(self.username):
            return False
        others = type(self).objects.named(self.username).exclude(pk=self.pk)
        return others.exists() or ReservedName.objects.is_reserved(usernames.fold(self.username))

    def save(self, *args, update_fields=None, **kwargs):
        self.username = usernames.normalise(self.username)
        self.username_key = usernames.fold(self.username)
        if update_fields is not None and "username" in update_fields:
            update_fields = {*update_fields, "username_key"}
        super().save(*args, update_fields=update_fields, **kwargs)
        if not self.is_active:
            # Otherwise the sessions would become valid again if the user is reactivated.
            self.sessions.all().delete()
