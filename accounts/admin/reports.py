"""The admin pages for reports. The list shows no content, and opening a report is logged."""

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.auth.current_user import person
from accounts.models import Report
from accounts.models.report import delete_reports


@admin.register(Report)
class ReportAdmin(admin.ModelAdmin):
    """Only let staff read reports and mark them as handled, not add, change or search them."""

    list_display = ["day", "reporter", "reported", "verification", "read_by", "is_handled"]
    list_display_links = ["day"]
    list_filter = ["is_handled", "day"]
    list_select_related = ["reporter", "reported"]
    list_per_page = 25
    fields = ("day", "reporter", "reported", "verification", "is_handled")
    readonly_fields = ("day", "reporter", "reported", "verification", "is_handled")
    actions = ["mark_as_handled"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Report]:
        """Leave out reports about the logged-in user."""
        return super().get_queryset(request).exclude(reported=str(request.user.pk))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Report | None = None) -> bool:
        return False

    def has_handle_permission(self, request: HttpRequest) -> bool:
        return super().has_change_permission(request)

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, object] | None = None
    ) -> HttpResponse:
        Report.objects.delete_expired()
        return super().changelist_view(request, extra_context)

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, object] | None = None,
    ) -> HttpResponse:
        Report.objects.delete_expired()
        report = self.get_object(request, unquote(object_id))
        context = dict(extra_context or {})
        if (
            report
            and request.method in {"GET", "HEAD"}
            and self.has_view_permission(request, report)
        ):
            context["told"] = report.open_for(person(request))
            context["readings"] = report.readings()
        return super().change_view(request, object_id, form_url, context)

    @admin.display(description=gettext_lazy("verified messages"))
    def verification(self, report: Report) -> str:
        named = {"verified": report.verified, "messages": report.messages}
        return _("%(verified)d of %(messages)d") % named

    @admin.display(description=gettext_lazy("read by"))
    def read_by(self, report: Report) -> str:
        names = [note.user.get_username() for note in report.readings()]
        return ", ".join(dict.fromkeys(names)) or _("nobody yet")

    @admin.action(
        description=gettext_lazy("Mark selected reports as handled"), permissions=["handle"]
    )
    def mark_as_handled(self, request: HttpRequest, queryset: QuerySet[Report]) -> None:
        handled = queryset.update(is_handled=True)
        words = ngettext("%(count)d marked as handled.", "%(count)d marked as handled.", handled)
        self.message_user(request, words % {"count": handled}, messages.SUCCESS)

    def delete_model(self, request: HttpRequest, obj: Report) -> None:
        delete_reports(Report.objects.filter(pk=obj.pk))

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Report]) -> None:
        delete_reports(queryset)
