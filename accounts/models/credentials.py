"""Credentials other than passwords. Times are stored only as dates."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext

LONGEST_NAME = 60
HANDLE_BYTES = 32  # bytes (WebAuthn, section 14.6.1)


class PasskeyHandle(models.Model):
    """A random user id for WebAuthn, so that devices do not store the primary key."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="passkey_handle"
    )
    handle = models.BinaryField(max_length=HANDLE_BYTES, unique=True)

    def __str__(self) -> str:
        return gettext("a passkey handle")


class Passkey(models.Model):
    """The public key of a passkey. The private key never leaves the device."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="passkeys")
    credential_id = models.BinaryField(max_length=1023, unique=True)
    public_key = models.BinaryField()  # a COSE key, as the device sent it
    sign_count = models.PositiveBigIntegerField()
    name = models.CharField(max_length=LONGEST_NAME)
    created_on = models.DateField()
    last_used_on = models.DateField(null=True)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.name


class SecondFactor(models.Model):
    """The encrypted secret of an authenticator app. The row exists while two-step verification is
    on.
    """

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="second_factor"
    )
    sealed_secret = models.BinaryField()
    # Codes of this and all earlier time steps (RFC 6238) are used up.
    last_step = models.PositiveBigIntegerField()
    created_on = models.DateField()

    def __str__(self) -> str:
        return gettext("an authenticator app key")


class RecoveryCode(models.Model):
    """The hash of an unused recovery code."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, editable=False, related_name="recovery_codes"
    )
    digest = models.CharField(max_length=64, unique=True, editable=False)

    def __str__(self) -> str:
        return gettext("a recovery code")
