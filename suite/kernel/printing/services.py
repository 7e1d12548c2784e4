import json
from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import typst
from django.conf import settings

TEMPLATES = Path(settings.BASE_DIR) / "templates" / "print"


@dataclass(frozen=True)
class Printout:
    """A printed document: what to call the file, and the PDF."""

    filename: str
    content: bytes
    media_type: str = "application/pdf"


def render_pdf(template: str, data: dict[str, Any], *, archive: bool = False) -> bytes:
    """The PDF of `templates/print/<template>.typ` with `data` (what JSON can hold); with `archive` as PDF/A-3b.

    Raises typst.TypstError for a faulty template."""
    return typst.compile(
        str(TEMPLATES / f"{template}.typ"), root=str(TEMPLATES), font_paths=_font_folders(), format="pdf",
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)}, timestamp=0,
        pdf_standards=["a-3b"] if archive else [],
    )


@lru_cache(maxsize=1)
def _font_folders() -> list[str]:
    """Where the letter's typeface lies; other scripts fall back to the machine's fonts."""
    package = find_spec("font_source_sans_pro")
    return [str(Path(place) / "files") for place in package.submodule_search_locations] if package else []
