"""Statements are made for all customers at once, and sent one by one."""

from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from erp.receivables.printouts import statement_of
from erp.receivables.selectors import aged
from erp.statements.models import AccountStatement, StatementRun
from suite.kernel.attachments.services import attachments_named, keep_made
from suite.kernel.documents.editing import editing
from suite.kernel.documents.errors import Refusal
from suite.kernel.documents.transitions import Act, transition
from suite.kernel.mail.services import keep_mail
from suite.kernel.money.rules import ZERO
from suite.kernel.numbering.services import next_number
from suite.kernel.parties.selectors import mail_address
from suite.kernel.users.service_user import recorded_id

BATCH = 2_000


@editing(StatementRun)
def refuse_day_to_come(run: StatementRun, *, actor: Any) -> None:
    """Raises Refusal: a day to come."""
    if run.as_of > timezone.localdate():
        raise Refusal(_("No account is stated for a day to come; nothing was saved."), field="as_of", code="future")


@transition(
    StatementRun, "make", source={StatementRun.Status.DRAFT}, target=StatementRun.Status.MADE, label=gettext_lazy("Make the statements"),
    icon="files", order=10,
)
def make_statements(run: StatementRun, *, actor: Any, act: Act) -> None:
    """A statement for every customer with a balance on the day, as the account stood then, dunning fees and interest included.

    Raises Refusal: nobody has one.
    """
    refuse_day_to_come(run, actor=actor)
    made = []
    for (_name, party_id), by_age in sorted(aged(run.company_id, run.as_of).items()):
        balance = sum(by_age.values(), ZERO)
        overdue = sum((amount for age, amount in by_age.items() if age != "not_due" and amount > 0), ZERO)
        if balance and (overdue or not run.only_overdue):
            made.append(AccountStatement(
                company_id=run.company_id, run=run, customer_id=party_id, as_of=run.as_of, balance=balance, overdue=overdue, created_by_id=recorded_id(actor),
            ))
    if not made:
        raise Refusal(_("Nobody has a balance on that day; nothing was made."), field="as_of", code="nobody")
    AccountStatement.objects.bulk_create(made, batch_size=BATCH)
    run.number = next_number(company_id=run.company_id, series="STM")
    run.number_of_statements, run.balance = len(made), sum((one.balance for one in made), ZERO)


@transition(
    AccountStatement, "send", source=set(AccountStatement.Status), target=AccountStatement.Status.SENT, label=gettext_lazy("Send by mail"),
    icon="mail-forward", order=10,
)
def send_statement(statement: AccountStatement, *, actor: Any, act: Act) -> None:
    """The statement as PDF in the customer's language, kept with the record, on its way by mail. Raises Refusal: the customer has no address."""
    customer = statement.customer
    printout = statement_of(customer, on=statement.as_of)
    kept = attachments_named(statement, printout.filename).first() or keep_made(
        record=statement, name=printout.filename, content=printout.content, media_type=printout.media_type, actor=actor,
    )
    with override(customer.language):
        subject = _("Statement of account, %(day)s") % {"day": date_format(statement.as_of, "DATE_FORMAT")}
        body = _("Please find attached the statement of your account. Please tell us if your books differ.")
    keep_mail(record=statement, to=mail_address(customer), subject=subject, body=body, attachment=kept, actor=actor)
