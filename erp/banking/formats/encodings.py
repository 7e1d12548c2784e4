"""Bytes to text: by byte order mark, by what the file says of itself, else UTF-8, else what banks' old programs write."""

import re

from django.utils.translation import gettext as _

from erp.banking.rules import unreadable

MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
NAMED = re.compile(rb"""encoding\s*=\s*["']([A-Za-z0-9._-]{2,30})["']""")
FALLBACK = "cp1252"


def decoded(content: bytes) -> tuple[str, list[str]]:
    """The text, and a warning where the file is not written as it says. Raises Refusal for what is no text."""
    for mark, encoding in MARKS:
        if content.startswith(mark):
            return _strict(content, encoding), []
    named = NAMED.search(content[:200]) if content.lstrip()[:5] == b"<?xml" else None
    said = named.group(1).decode() if named else "utf-8"
    try:
        text = content.decode(said)
    except (UnicodeDecodeError, LookupError):
        text = _strict(content, FALLBACK)
        warning = _("The file says it is %(said)s and is not; it was read as Windows Latin-1.") % {"said": said.upper()}
        return _plain(text), [warning] if named else []
    return _plain(text), []


def _strict(content: bytes, encoding: str) -> str:
    try:
        return _plain(content.decode(encoding))
    except UnicodeDecodeError:
        raise unreadable(_("The file is no text of a known encoding")) from None


def _plain(text: str) -> str:
    if "\x00" in text:
        raise unreadable(_("The file is no text"))
    return text.replace("\r\n", "\n").replace("\r", "\n")
