"""Where to look for clinics that are not listed yet."""

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from clinics.admin.calls import may_call
from clinics.unmet_need_views import fewest, rows

ROWS = 200


@require_safe
@may_call
def unmet_need(request: HttpRequest) -> HttpResponse:
    """What people looked for in vain, the most of them first."""
    context = {"rows": rows(timezone.localdate(), ROWS), "fewest": fewest(), "most": ROWS}
    return TemplateResponse(request, "clinics/admin/unmet_need.html", context)
