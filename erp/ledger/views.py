"""The report pages of the ledger."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from erp.ledger import reports
from erp.ledger.forms import BalanceSheetForm, CashFlowForm, DimensionResultForm, GeneralLedgerForm, JournalForm, ResultForm, TrialBalanceForm
from suite.resources.reporting import ReportView, report_page

READS = "erp.view_journalentry"


@report_page
class TrialBalance(ReportView):
    app, slug, title, permission = "erp", "trial-balance", _("Trial balance"), READS
    menu, icon = ("books", 50), "scale"
    form_class = TrialBalanceForm
    report: Any = staticmethod(reports.trial_balance)


@report_page
class ProfitAndLoss(ReportView):
    app, slug, title, permission = "erp", "profit-and-loss", _("Profit and loss"), READS
    menu, icon = ("books", 52), "chart-bar"
    form_class = ResultForm
    report: Any = staticmethod(reports.profit_and_loss)


@report_page
class ResultByDimension(ReportView):
    app, slug, title, permission = "erp", "result-by-dimension", _("Result by dimension"), READS
    menu, icon = ("books", 62), "chart-grid-dots"
    form_class = DimensionResultForm
    report: Any = staticmethod(reports.result_by_dimension)


@report_page
class BalanceSheet(ReportView):
    app, slug, title, permission = "erp", "balance-sheet", _("Balance sheet"), READS
    menu, icon = ("books", 54), "building-bank"
    form_class = BalanceSheetForm
    report: Any = staticmethod(reports.balance_sheet)


@report_page
class CashFlow(ReportView):
    app, slug, title, permission = "erp", "cash-flow", _("Cash flow"), READS
    menu, icon = ("books", 56), "arrows-exchange"
    form_class = CashFlowForm
    report: Any = staticmethod(reports.cash_flow)


@report_page
class JournalReport(ReportView):
    app, slug, title, permission = "erp", "journal", _("Journal"), READS
    menu, icon = ("books", 60), "notebook"
    form_class = JournalForm
    report: Any = staticmethod(reports.journal)


@report_page
class GeneralLedger(ReportView):
    app, slug, title, permission = "erp", "general-ledger", _("General ledger"), READS
    menu, icon = ("books", 58), "list-details"
    form_class = GeneralLedgerForm
    report: Any = staticmethod(reports.general_ledger)
