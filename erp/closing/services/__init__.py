"""Writes of the closing."""

from erp.closing import findings  # noqa: F401 - registers the items of the checklist
from erp.closing.services.accruals import accrue_unbilled
from erp.closing.services.dividends import declare_dividend, pay_dividend, pay_from_bank
from erp.closing.services.periods import close_period, reopen_period
from erp.closing.services.years import close_year, reopen_year

__all__ = ["accrue_unbilled", "close_period", "close_year", "declare_dividend", "pay_dividend", "pay_from_bank", "reopen_period", "reopen_year"]
