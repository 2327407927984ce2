"""What a person has beside the password: passkeys, and a secret that makes codes. No day is kept
closer than a day.
"""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext

LONGEST_NAME = 60
HANDLE = 32  # random bytes (WebAuthn, section 14.6.1: a user handle tells nothing about the person)


class PasskeyHandle(models.Model):
    """What a person is called on their own devices: random bytes, so that a device knows neither a
    row nor a number.
    """

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="passkey_handle"
    )
    handle = models.BinaryField(max_length=HANDLE, unique=True)

    def __str__(self) -> str:
        return gettext("a passkey handle")


class Passkey(models.Model):
    """A public key; what belongs to it never leaves the device. Which make of device it is, nobody
    asked.
    """

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
    """The secret behind the codes of a person's app, sealed; its row is there while codes are asked
    for.
    """

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="second_factor"
    )
    sealed_secret = models.BinaryField()
    # The last step of time (RFC 6238) of which a code was taken: that one and those before it are
    # spent.
    last_step = models.PositiveBigIntegerField()
    created_on = models.DateField()

    def __str__(self) -> str:
        return gettext("an authenticator app key")


class RecoveryCode(models.Model):
    """One code that has not been used, as a hash. Who uses it deletes it."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, editable=False, related_name="recovery_codes"
    )
    digest = models.CharField(max_length=64, unique=True, editable=False)

    def __str__(self) -> str:
        return gettext("a recovery code")
