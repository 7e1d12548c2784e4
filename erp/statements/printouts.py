"""The statement of account on paper."""

from erp.receivables.printouts import statement_of
from erp.statements.models import AccountStatement
from suite.kernel.printing.services import Printout


def print_account_statement(statement: AccountStatement) -> Printout:
    """What was open on the statement's day, as it stood then."""
    return statement_of(statement.customer, on=statement.as_of)
