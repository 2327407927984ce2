from importlib import import_module

from django.apps import AppConfig


class MessagingConfig(AppConfig):
    """The app for conversations. It has no models, because messages are never stored."""

    name = "messaging"

    def ready(self) -> None:
        from django.conf import settings
        from django.contrib.auth.signals import user_logged_in
        from django.db.models.signals import post_delete, post_save

        from messaging import signals
        from messaging.delivery import outcomes
        from messaging.ops.checks import logs, storage  # noqa: F401 - the checks register themselves
        from messaging.push import trigger

        outcomes.listeners.append(trigger.message_waits)
        user_logged_in.connect(signals.logged_in, dispatch_uid="messaging.began")
        session = import_module(settings.SESSION_ENGINE).SessionStore.get_model_class()
        post_delete.connect(signals.session_deleted, sender=session, dispatch_uid="messaging.ended")
        for signal in (post_save, post_delete):
            signal.connect(
                signals.account_changed,
                sender=settings.AUTH_USER_MODEL,
                dispatch_uid="messaging.changed",
            )
