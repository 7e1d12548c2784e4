"""Keeping stock for documents. The database does it in one call; here are its words."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, connection
from django.utils.translation import gettext as _

from erp.inventory.models import Reservation
from erp.inventory.services.lines import Demand, ReservationResult
from suite.kernel.companies.cause import current_cause
from suite.kernel.documents.errors import Refusal
from suite.kernel.documents.statements import kept
from suite.kernel.documents.work import unit_of_work

RESERVE = """SELECT line_key, firm, planned FROM erp_reserve(%s, %s, %s, %s::text[], %s::bigint[], %s::bigint[], %s::numeric[], %s::date[])"""
ALLOCATE = "SELECT DISTINCT document_key FROM erp_allocate_waiting(%s, %s::bigint[], %s)"


def reserve(*, company_id: int, document_key: str, demands: Sequence[Demand], actor: Any) -> ReservationResult:
    """Reservations of the document are exactly these quantities afterwards: firm on what is free, planned for the rest.

    Repeating it changes nothing; no demands release everything. Raises Refusal where a site has no warehouse.
    """
    with unit_of_work(actor), connection.cursor() as cursor:
        try:
            cursor.execute(kept(RESERVE), [
                company_id, document_key, current_cause(), [d.line_key for d in demands], [d.product_id for d in demands],
                [d.site_id for d in demands], [d.quantity for d in demands], [d.wanted_on for d in demands],
            ])
        except IntegrityError as error:
            if getattr(getattr(error.__cause__, "diag", None), "constraint_name", "") == "site_has_a_warehouse":
                raise Refusal(
                    _("The site has no active warehouse for this product; nothing was reserved."), code="no_warehouse",
                    hint=_("Set up a warehouse for the site, or choose another site."),
                ) from error
            raise
        rows = cursor.fetchall()
    return ReservationResult({line: firm for line, firm, _rest in rows}, {line: planned for line, _firm, planned in rows})


def release(*, company_id: int, document_key: str, actor: Any) -> None:
    """Nothing is kept for the document any more."""
    reserve(company_id=company_id, document_key=document_key, demands=(), actor=actor)


def allocate_waiting(*, company_id: int, product_ids: Iterable[int], actor: Any) -> dict[str, dict[str, Decimal]]:
    """Gives free stock of the products to documents that wait, by wanted date, then in order of arrival.

    Per document that got something: all its lines with what is firm for them now.
    """
    with unit_of_work(actor):
        with connection.cursor() as cursor:
            cursor.execute(ALLOCATE, [company_id, sorted(set(product_ids)), current_cause()])
            documents = [row[0] for row in cursor.fetchall()]
        result: dict[str, dict[str, Decimal]] = {}
        if documents:
            kept = Reservation.objects.filter(company_id=company_id, document_key__in=documents, status=Reservation.Status.FIRM)
            for document_key, line_key, quantity in kept.values_list("document_key", "line_key", "quantity"):
                lines = result.setdefault(document_key, {})
                lines[line_key] = lines.get(line_key, Decimal(0)) + quantity
        return result
