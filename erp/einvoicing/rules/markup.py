"""XML in and out: written from nested tuples, read without entities, definitions or anything fetched from elsewhere."""

from datetime import date
from decimal import Decimal, InvalidOperation
from xml.etree.ElementTree import Element, ParseError, SubElement, register_namespace, tostring  # noqa: S405 - for writing; reading is defusedxml's

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring
from django.utils.translation import gettext as _

from suite.kernel.documents.errors import Refusal

DEEPEST = 60
MOST_ELEMENTS = 400_000


def element(root: str, namespaces: dict[str, str], children: list) -> bytes:
    """The document. A child is (prefix:name, text or list of children[, attributes]); None and empty children are left out."""
    for prefix, address in namespaces.items():
        register_namespace(prefix if prefix != "document" else "", address)
    made = Element(_named(root, namespaces))
    for child in children:
        _add(made, child, namespaces)
    return tostring(made, encoding="UTF-8", xml_declaration=True)


def _named(name: str, namespaces: dict[str, str]) -> str:
    prefix, _colon, local = name.partition(":")
    return f"{{{namespaces[prefix]}}}{local}"


def _add(parent: Element, child: tuple | None, namespaces: dict[str, str]) -> None:
    if child is None or not has_content(child):
        return
    name, content = child[0], child[1]
    made = SubElement(parent, _named(name, namespaces), child[2] if len(child) > 2 else {})
    if isinstance(content, list):
        for one in content:
            _add(made, one, namespaces)
    else:
        made.text = content


def has_content(child: tuple | None) -> bool:
    """Whether a child would say anything: empty elements break the standard."""
    if child is None:
        return False
    return any(has_content(one) for one in child[1]) if isinstance(child[1], list) else bool(child[1])


def amount(value: Decimal | None) -> str:
    """An amount as XML has it; "" for none."""
    return "" if value is None else f"{value:f}"


def plain(value: Decimal | None) -> str:
    """A number without needless zeros; "" for none."""
    if value is None:
        return ""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def read(content: bytes) -> Element:
    """The root element. Raises Refusal for what is no XML, defines entities or a document type, or nests without end."""
    try:
        root = fromstring(content, forbid_dtd=True)
    except DefusedXmlException:
        raise Refusal(
            _("The file defines a document type or entities; it was not read."), field="file", code="unsafe_xml",
            hint=_("Electronic invoices never need them. Ask the sender for a clean file."),
        ) from None
    except (ParseError, ValueError, LookupError) as error:
        raise Refusal(
            _("The file is no readable XML (%(error)s); it was not read.") % {"error": str(error)[:120]}, field="file", code="no_xml",
            hint=_("Ask the sender to send it again, unchanged and in the encoding it names."),
        ) from None
    _refuse_monsters(root)
    return root


def _refuse_monsters(root: Element) -> None:
    level, depth, seen = [root], 0, 1
    while level:
        level = [child for one in level for child in one]
        depth, seen = depth + 1, seen + len(level)
        if depth > DEEPEST or seen > MOST_ELEMENTS:
            raise Refusal(
                _("The file is nested too deeply or has too many elements for an invoice; it was not read."), field="file", code="unsafe_xml",
                hint=_("Ask the sender for a clean file."),
            )


class Reader:
    """Reads an element by short paths with prefixes."""

    def __init__(self, node: Element, namespaces: dict[str, str]) -> None:
        self.node, self.namespaces = node, namespaces

    def all(self, path: str) -> list["Reader"]:
        return [Reader(node, self.namespaces) for node in self.node.findall(path, self.namespaces)]

    def one(self, path: str) -> "Reader | None":
        found = self.node.find(path, self.namespaces)
        return None if found is None else Reader(found, self.namespaces)

    def text(self, *paths: str) -> str:
        """The text of the first path that has some."""
        for path in paths:
            found = self.node.find(path, self.namespaces)
            if found is not None and found.text and found.text.strip():
                return found.text.strip()
        return ""

    def number(self, *paths: str) -> Decimal | None:
        """A finite number, or None where there is none. Raises Refusal for text that is none."""
        text = self.text(*paths)
        if not text:
            return None
        try:
            value = Decimal(text)
        except InvalidOperation:
            value = Decimal("NaN")
        if not value.is_finite() or abs(value) >= Decimal(10) ** 15:
            raise Refusal(
                _("“%(text)s” stands where a number must stand (%(path)s); the file was not read.") % {"text": text[:40], "path": paths[0]},
                field="file", code="no_number", hint=_("Ask the sender for a correct file."),
            )
        return value

    def amount(self, *paths: str) -> Decimal:
        """A number that every invoice has. Raises Refusal where it is missing."""
        value = self.number(*paths)
        if value is None:
            raise Refusal(
                _("The file does not say %(path)s; it was not read.") % {"path": paths[0]}, field="file", code="figure_missing",
                hint=_("Ask the sender for a complete file."),
            )
        return value

    def day(self, *paths: str) -> date | None:
        """A date as 2026-03-10 or 20260310. Raises Refusal for another text."""
        text = self.text(*paths)
        if not text:
            return None
        try:
            return date.fromisoformat(text[:10])
        except ValueError:
            raise Refusal(
                _("“%(text)s” stands where a date must stand (%(path)s); the file was not read.") % {"text": text[:40], "path": paths[0]},
                field="file", code="no_date", hint=_("Ask the sender for a correct file."),
            ) from None
