"""Factur-X: a PDF/A-3 with the invoice's XML inside. Loaded when one is made, its library takes half a second to import."""

from facturx import generate_from_binary


def with_invoice_inside(pdf: bytes, xml: bytes, *, title: str, language: str) -> bytes:
    """The PDF/A-3 with the XML as factur-x.xml (profile EN 16931). The XML must have been checked."""
    return generate_from_binary(
        pdf, xml, flavor="factur-x", level="en16931", check_xsd=True, check_schematron=False, lang=language, afrelationship="alternative",
        pdf_metadata={"author": "", "keywords": "Factur-X", "title": title, "subject": title},
    )
