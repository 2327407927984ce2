"""The URLs of the site, and some whose views fail."""

from django.core.exceptions import PermissionDenied
from django.db import OperationalError
from django.urls import path

from config.urls import handler400, urlpatterns

__all__ = ["handler400", "urlpatterns"]

FAULTS = {"fault": ArithmeticError, "outage": OperationalError, "forbidden": PermissionDenied}


def failing(fault: type[Exception]):
    def view(request):
        raise fault

    return view


urlpatterns = [*urlpatterns, *(path(f"{name}/", failing(fault)) for name, fault in FAULTS.items())]
