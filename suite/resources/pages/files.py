"""Kept files: always a download, never run in our name."""

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from suite.access.permissions import may
from suite.kernel.attachments.models import Attachment
from suite.resources.registry import resource_of


@require_GET
@login_required
def file(request: HttpRequest, pk: int) -> FileResponse:
    """The file's content, for whoever may see the record it hangs on."""
    if not may(request.user, Attachment, "view"):
        raise PermissionDenied(_("Your roles do not include files."))
    kept = Attachment.objects.visible_to(request.user).select_related("content_type").filter(pk=pk).first()
    model = kept.content_type.model_class() if kept else None
    resource = resource_of(model) if model else None
    if resource is None or not may(request.user, model, "view") or not resource.rows(request.user).filter(pk=kept.object_id).exists():
        raise Http404(_("There is no such file, or it is not yours to see."))
    answer = FileResponse(kept.file.open("rb"), as_attachment=True, filename=kept.name, content_type=kept.media_type)
    answer["Content-Security-Policy"] = "sandbox; default-src 'none'"
    answer["X-Content-Type-Options"] = "nosniff"
    return answer
