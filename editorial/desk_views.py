"""What the rich text editor asks the server: library pictures, a cleaned paste, the draft in an author's file."""

from typing import Any

from django.contrib.admin.views.decorators import staff_member_required
from django.db.models import Q
from django.http import HttpRequest, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from editorial import losses
from editorial.docx import read_docx
from editorial.docx_file import DocxError, DocxHasChangesError
from editorial.models import Image
from editorial.renditions import picture
from editorial.word import clean_paste

IMAGES_A_PAGE = 24
# A book chapter from Word with all its markup is about a tenth of this.
MAX_PASTE = 4 * 1024 * 1024


@staff_member_required
@require_safe
def images(request: HttpRequest) -> JsonResponse:
    words = request.GET.get("q", "").strip()[:100]
    page = int(number) if (number := request.GET.get("page", "0")).isascii() and number.isdigit() else 0
    found = Image.objects.prefetch_related("renditions")
    for word in words.split():
        named = Q(title__icontains=word) | Q(caption__icontains=word)
        found = found.filter(named | Q(alt__icontains=word) | Q(credit__icontains=word))
    start = min(page, 1000) * IMAGES_A_PAGE
    rows = list(found[start : start + IMAGES_A_PAGE + 1])
    shown = [told for image in rows[:IMAGES_A_PAGE] if (told := _tell(image))]
    return _answer({"images": shown, "next": page + 1 if len(rows) > IMAGES_A_PAGE else None})


@staff_member_required
@require_POST
def paste(request: HttpRequest) -> JsonResponse:
    html = request.POST.get("html", "")
    if len(html) > MAX_PASTE:
        return _answer({"error": _("This is too much to paste at once. Paste it in parts.")}, status=413)
    cleaned = clean_paste(html)
    return _answer({"html": cleaned.html, "report": losses.sentence(cleaned.dropped)})


@staff_member_required
@require_POST
def docx(request: HttpRequest) -> JsonResponse:
    upload = request.FILES.get("file")
    if upload is None or upload.file is None:
        return _answer({"error": _("Choose a file first.")}, status=400)
    try:
        draft = read_docx(upload.file, accept_changes=request.POST.get("accept_changes") == "1")
    except DocxHasChangesError as undecided:
        return _answer({"error": str(undecided), "can_accept": True}, status=409)
    except DocxError as refusal:
        return _answer({"error": str(refusal)}, status=422)
    fields = {"title": draft.title, "byline": draft.byline, "synopsis": draft.synopsis}
    texts = {"body": draft.body, "about": draft.about}
    return _answer({**fields, **texts, "report": draft.report})


def _tell(image: Image) -> dict[str, Any] | None:
    """What the dialog needs, or None while no rendition of the picture is ready to be shown."""
    ready = picture(image)
    if ready is None:
        return None
    size = {"src": ready.src, "width": ready.width, "height": ready.height}
    return {**size, "title": image.title, "alt": ready.alt, "caption": image.caption, "credit": image.credit}


def _answer(data: dict[str, Any], status: int = 200) -> JsonResponse:
    response = JsonResponse(data, status=status)
    response["Cache-Control"] = "no-store"
    return response
