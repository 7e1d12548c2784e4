from django.utils import translation
from django.utils.translation import gettext as _

from crm.pricing.printouts import priced_table
from crm.quotes.models import Quote
from suite.kernel.printing.letters import Letter, address_lines, day
from suite.kernel.printing.services import Printout


def print_quote(quote: Quote) -> Printout:
    """The quote as a letter to the customer, in the customer's language."""
    customer = quote.customer
    with translation.override(customer.language):
        table = priced_table(quote, list(quote.lines.select_related("product__unit", "tax").order_by("position")))
        letter = Letter(
            company=quote.company, title=_("Quote %(number)s") % {"number": quote}, recipient=address_lines(customer.name, quote.billing_address),
            facts=[
                (_("Date"), day(quote.quote_date)), (_("Valid until"), day(quote.valid_until)), (_("Customer"), customer.number),
                (_("Your reference"), quote.customer_reference), (_("Wanted on"), day(quote.requested_on)),
                (_("Your contact"), quote.sales_representative.name if quote.sales_representative else ""),
            ],
            columns=table.columns, rows=table.rows, totals=table.totals,
            boxes=[
                (_("Delivery to"), address_lines(customer.name, quote.shipping_address) if quote.shipping_address else ()),
                (_("Payment"), [quote.payment_term.name] if quote.payment_term else ()),
            ],
            notes=[
                *table.notes, quote.note,
                _("This offer stands until %(day)s. We look forward to your order.") % {"day": day(quote.valid_until)},
            ],
            signature=(_("Place and date"), _("Accepted by")),
            stamp="" if quote.status not in (Quote.Status.DRAFT, Quote.Status.EXPIRED, Quote.Status.SUPERSEDED) else quote.get_status_display(),
        )
        return Printout(f"quote-{quote.number or quote.pk}-{quote.revision}.pdf", letter.pdf())
