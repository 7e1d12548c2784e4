"""A payment that waits for the statement is found on it."""

from typing import Any

from django.utils.translation import gettext as _

from suite.kernel.documents.errors import Refusal
from suite.kernel.documents.questions import Question

# Banking answers: it matches the line with the payment, whose status is the asker's affair.
statement_asked = Question("receivables.statement_asked")


def find_on_statement(payment: Any, statement_line_id: int | None, *, actor: Any) -> None:
    """Has the line matched with the payment. Raises Refusal: no line named, or what matching refuses."""
    if statement_line_id is None:
        raise Refusal(
            _("Nothing says which line of the statement shows %(payment)s; nothing was matched.") % {"payment": payment}, field="statement_line_id",
            code="line_missing", hint=_("Choose the line, or match it under Bank and cash, Reconciliation."),
        )
    statement_asked.ask(payment=payment, statement_line_id=statement_line_id, actor=actor)
