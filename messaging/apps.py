from django.apps import AppConfig


class MessagingConfig(AppConfig):
    """What people say to one another. There are no models here, and there never will be one for messages."""

    name = "messaging"

    def ready(self) -> None:
        from django.contrib.auth.signals import user_logged_out

        from messaging.broadcasts import session_ended

        # Django's own word for a log-out: accounts need not know that there are windows to close.
        user_logged_out.connect(session_ended, dispatch_uid="messaging.session_ended")
