"""What the database's own guards of the books say to people: each constraint's name with what happened and what to do next."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import IntegrityError
from django.utils.translation import gettext_lazy as _

from suite.kernel.documents.errors import Refusal

TEXTS = {
    "period_exists": (
        _("The books have no period for this date; nothing was posted."), _("Choose another date, or open the fiscal year first."),
    ),
    "period_open": (
        _("The period of this date is closed; nothing was posted."),
        _("Choose a date in an open period, or ask for the period to be reopened."),
    ),
    "period_soft_closed": (
        _("The period of this date is open to closers only; nothing was posted."), _("Choose a date in an open period, or ask a closer to post it."),
    ),
    "journal_exists": (_("The books have no journal of this kind; nothing was posted."), _("Make one under Books, Journals.")),
    "entry_balances": (_("Debits and credits differ; nothing was posted."), _("Correct the amounts until both sides are equal.")),
    "entry_has_two_lines": (_("An entry needs at least two lines; nothing was posted."), _("Add the other side.")),
    "control_account_equals_subledger": (
        _("An account of this entry is kept by its own documents; nothing was posted."),
        _("Use an invoice, payment, shipment or stock adjustment for it."),
    ),
    "entry_posted_is_final": (_("The entry is posted and never changes; nothing was saved."), _("Reverse it.")),
    "invoice_issued_is_final": (_("The invoice is issued and never changes; nothing was saved."), _("Correct it by a credit note.")),
    "payment_posted_is_final": (_("The payment is posted and never changes; nothing was saved."), _("Reverse it.")),
    "bill_reference_once": (
        _("This supplier's bill of that number and year is here already; nothing was saved."), _("Search for the number among the supplier bills."),
    ),
    "bill_posted_is_final": (_("The bill is posted and never changes; nothing was saved."), _("Reverse it, or enter the supplier's credit note.")),
    "supplier_iban_four_eyes": (
        _("Whoever entered a bank account does not approve it; nothing was saved."), _("Ask a colleague to compare and approve it."),
    ),
    "payee_is_approved": (
        _("The supplier's bank account is not approved; nothing was paid."), _("Have a second person approve it, or choose another account."),
    ),
    "transfer_has_a_payee": (
        _("The transfer does not say to which account of the supplier it goes; nothing was paid."), _("Choose an approved bank account of the supplier."),
    ),
    "open_item_within_its_amount": (
        _("More is allocated than the item has left; nothing was allocated."), _("Load the open items again and allocate at most what is open."),
    ),
    "allocation_matches_its_items": (
        _("These items do not belong to one customer and account; nothing was allocated."), _("Choose a debit and a credit of the same customer."),
    ),
    "statement_line_is_final": (_("What the bank reported never changes; nothing was saved."), _("Match the line, or undo its match.")),
    "statement_line_stays": (_("A line of a bank statement stays; nothing was deleted."), ""),
    "bank_statement_is_final": (_("A bank statement stays as the bank sent it; nothing was saved."), ""),
    "rate_missing": (
        _("There is no exchange rate for the document's currency on its day; nothing was done."), _("Enter it under Exchange rates."),
    ),
    "open_item_settled_in_both_currencies": (
        _("An item settled in its currency would be left open in the company's; nothing was allocated."),
        _("Load the open items again and allocate what is open."),
    ),
    "open_item_on_one_side": (
        _("An open item is on the same side in both currencies; nothing was posted."), _("Correct the amounts."),
    ),
    "open_item_in_company_currency": (
        _("An item in company currency has one amount; nothing was posted."), _("Correct the amounts."),
    ),
    "dimension_required": (
        _("A line lacks an analytic dimension that its account needs; nothing was posted."), _("Give the line a value of that dimension."),
    ),
    "dimension_value_unknown": (
        _("There is no such value of a dimension, or it is not active; nothing was saved."), _("Look it up under Books, Dimension values."),
    ),
    "line_dimension_twice": (_("A line has two values of one dimension; nothing was saved."), _("Keep one of them.")),
    "dimension_tree_acyclic": (_("A value cannot be part of itself or of another dimension; nothing was saved."), _("Choose another value.")),
    "dimension_of_company": (_("The rule or value names something of another dimension or company; nothing was saved."), _("Choose one of its own.")),
    "account_is_heading": (_("A heading of the chart takes no lines; nothing was posted."), _("Choose one of the accounts below it.")),
    "account_tree_acyclic": (_("An account cannot be part of itself; nothing was saved."), _("Choose another account that it is part of.")),
    "account_kind_is_settled": (_("The account has lines: its type and control stay; nothing was saved."), _("Open a new account.")),
}

NAMES_THE_GUILTY = {"dimension_required", "dimension_value_unknown", "line_dimension_twice"}


@contextmanager
def refusing() -> Iterator[None]:
    """Turns what the database refuses by a known name into a Refusal that says so in words."""
    try:
        yield
    except IntegrityError as error:
        told = getattr(error.__cause__, "diag", None)
        name = getattr(told, "constraint_name", None)
        if name not in TEXTS:
            raise
        message, hint = TEXTS[name]
        guilty = f" ({told.message_detail})" if name in NAMES_THE_GUILTY and told.message_detail else ""
        raise Refusal(f"{message}{guilty}", code=name, hint=str(hint)) from error
