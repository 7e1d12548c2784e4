"""The chart of accounts a company starts with. Codes may be changed afterwards; postings go by role, never by code.

Each row: code, name, type, sub-ledger that the account belongs to (or none), roles it plays.
"""

from typing import NamedTuple

from erp.ledger.models import Account
from erp.ledger.roles import CLEARING_ROLES, ITEM_ROLES, STOCK_ROLES, AccountRole


class ChartRow(NamedTuple):
    """An account of a chart to set up."""

    code: str
    name: str
    type: str
    roles: tuple[AccountRole, ...] = ()

    @property
    def control(self) -> str:
        """Which sub-ledger must equal the account: it follows from its roles."""
        for roles, control in ((STOCK_ROLES, Account.Control.STOCK), (ITEM_ROLES, Account.Control.ITEM), (CLEARING_ROLES, Account.Control.CLEARING)):
            if roles.intersection(self.roles):
                return control
        return Account.Control.NONE


R, T = AccountRole, Account.Type

CHART: tuple[ChartRow, ...] = (
    ChartRow("1000", "Cash", T.ASSET),
    ChartRow("1010", "Bank", T.ASSET, (R.BANK,)),
    ChartRow("1050", "Receipts not yet on the statement", T.ASSET, (R.OUTSTANDING_RECEIPTS,)),
    ChartRow("1090", "Suspense", T.ASSET, (R.SUSPENSE,)),
    ChartRow("1095", "Transfers between own accounts", T.ASSET, (R.TRANSFER_CLEARING,)),
    ChartRow("1100", "Receivables", T.ASSET, (R.AR,)),
    ChartRow("1110", "Unbilled receivables", T.ASSET, (R.UNBILLED_RECEIVABLE,)),
    ChartRow("1190", "Allowance for bad debt", T.ASSET, (R.ALLOWANCE_BAD_DEBT,)),
    ChartRow("1200", "Inventory", T.ASSET, (R.INVENTORY,)),
    ChartRow("1210", "Inventory: raw materials", T.ASSET, (R.INVENTORY_RM,)),
    ChartRow("1220", "Inventory: finished goods", T.ASSET, (R.INVENTORY_FG,)),
    ChartRow("1230", "Inventory: by-products", T.ASSET, (R.INVENTORY_BYPRODUCT,)),
    ChartRow("1240", "Inventory in transit", T.ASSET, (R.INVENTORY_IN_TRANSIT,)),
    ChartRow("1250", "Inventory at subcontractors", T.ASSET, (R.INVENTORY_AT_SUBCON,)),
    ChartRow("1260", "Work in progress", T.ASSET, (R.WIP,)),
    ChartRow("1270", "Goods shipped, not invoiced", T.ASSET, (R.GSNI,)),
    ChartRow("1280", "Landed cost clearing", T.ASSET, (R.LANDED_CLEARING,)),
    ChartRow("1300", "Prepaid expenses", T.ASSET, (R.PREPAID,)),
    ChartRow("1310", "Advances to suppliers", T.ASSET, (R.SUPPLIER_ADVANCES,)),
    ChartRow("1320", "Advances to employees", T.ASSET, (R.EMPLOYEE_ADVANCES,)),
    ChartRow("1400", "Input tax", T.ASSET, (R.INPUT_TAX,)),
    ChartRow("1410", "Input tax, not yet due", T.ASSET, (R.INPUT_TAX_TRANSITION,)),
    ChartRow("1420", "Withholding tax receivable", T.ASSET, (R.WITHHOLDING_TAX_RECEIVABLE,)),
    ChartRow("1500", "Fixed assets at cost", T.ASSET, (R.FA_COST,)),
    ChartRow("1510", "Assets under construction", T.ASSET, (R.CWIP,)),
    ChartRow("1590", "Accumulated depreciation", T.ASSET, (R.ACCUM_DEPRECIATION,)),
    ChartRow("2000", "Payables", T.LIABILITY, (R.AP,)),
    ChartRow("2050", "Payments not yet on the statement", T.LIABILITY, (R.OUTSTANDING_PAYMENTS,)),
    ChartRow("2100", "Goods received, not invoiced", T.LIABILITY, (R.GRNI,)),
    ChartRow("2110", "Freight accrual", T.LIABILITY, (R.FREIGHT_ACCRUAL,)),
    ChartRow("2120", "Accrued expenses", T.LIABILITY, (R.ACCRUED_EXPENSES,)),
    ChartRow("2130", "Warranty provision", T.LIABILITY, (R.WARRANTY_PROVISION,)),
    ChartRow("2200", "Deferred revenue", T.LIABILITY, (R.DEFERRED_REVENUE,)),
    ChartRow("2210", "Advances from customers", T.LIABILITY, (R.CUSTOMER_ADVANCES,)),
    ChartRow("2300", "Output tax", T.LIABILITY, (R.OUTPUT_TAX,)),
    ChartRow("2310", "Output tax, not yet due", T.LIABILITY, (R.OUTPUT_TAX_TRANSITION,)),
    ChartRow("2320", "Tax payable", T.LIABILITY, (R.TAX_PAYABLE,)),
    ChartRow("2400", "Payroll payable", T.LIABILITY, (R.PAYROLL_PAYABLE,)),
    ChartRow("2405", "Owed to employees", T.LIABILITY, (R.EMPLOYEE_PAYABLE,)),
    ChartRow("2410", "Withholding tax payable", T.LIABILITY, (R.WITHHOLDING_TAX_PAYABLE,)),
    ChartRow("2420", "Social contributions payable", T.LIABILITY, (R.SOCIAL_PAYABLE, R.BENEFITS_PAYABLE)),
    ChartRow("2430", "Leave liability", T.LIABILITY, (R.LEAVE_LIABILITY,)),
    ChartRow("2500", "Dividends payable", T.LIABILITY, (R.DIVIDENDS_PAYABLE,)),
    ChartRow("3000", "Share capital", T.EQUITY, (R.SHARE_CAPITAL,)),
    ChartRow("3100", "Retained earnings", T.EQUITY, (R.RETAINED_EARNINGS,)),
    ChartRow("3200", "Revaluation surplus", T.EQUITY, (R.REVALUATION_SURPLUS,)),
    ChartRow("3900", "Opening balance equity", T.EQUITY, (R.OPENING_BALANCE_EQUITY,)),
    ChartRow("4000", "Revenue", T.INCOME, (R.REVENUE,)),
    ChartRow("4100", "Freight revenue", T.INCOME, (R.FREIGHT_REVENUE,)),
    ChartRow("4200", "Other income", T.INCOME, (R.OTHER_INCOME,)),
    ChartRow("4210", "Purchase discounts", T.INCOME, (R.PURCHASE_DISCOUNT,)),
    ChartRow("4300", "Sales returns", T.INCOME, (R.SALES_RETURNS,)),
    ChartRow("4310", "Sales discounts", T.INCOME, (R.SALES_DISCOUNT,)),
    ChartRow("4400", "Exchange gains", T.INCOME, (R.FX_REALIZED_GAIN,)),
    ChartRow("4410", "Unrealised exchange gains", T.INCOME, (R.FX_UNREALIZED_GAIN,)),
    ChartRow("4500", "Gain or loss on disposal", T.INCOME, (R.GAIN_LOSS_ON_DISPOSAL,)),
    ChartRow("4600", "Inventory revaluation", T.INCOME, (R.INVENTORY_REVALUATION,)),
    ChartRow("5000", "Cost of goods sold", T.EXPENSE, (R.COGS,)),
    ChartRow("5100", "Purchase price variance", T.EXPENSE, (R.PPV,)),
    ChartRow("5110", "Production variance", T.EXPENSE, (R.PRODUCTION_VARIANCE,)),
    ChartRow("5120", "Labour absorbed", T.EXPENSE, (R.LABOR_ABSORBED,)),
    ChartRow("5130", "Overhead absorbed", T.EXPENSE, (R.OVERHEAD_ABSORBED,)),
    ChartRow("5200", "Inventory differences", T.EXPENSE, (R.INVENTORY_ADJUSTMENT,)),
    ChartRow("5210", "Scrap and loss", T.EXPENSE, (R.SCRAP_LOSS,)),
    ChartRow("5220", "Inventory write-downs", T.EXPENSE, (R.INVENTORY_WRITE_DOWN,)),
    ChartRow("5300", "Outbound freight", T.EXPENSE, (R.FREIGHT_OUT,)),
    ChartRow("6000", "Salaries", T.EXPENSE, (R.SALARY_EXPENSE, R.LEAVE_EXPENSE)),
    ChartRow("6010", "Employer contributions", T.EXPENSE, (R.EMPLOYER_CONTRIB_EXPENSE, R.BENEFITS_EXPENSE)),
    ChartRow("6100", "General expenses", T.EXPENSE, (R.EXPENSE,)),
    ChartRow("6200", "Bad debt", T.EXPENSE, (R.BAD_DEBT,)),
    ChartRow("6210", "Warranty expense", T.EXPENSE, (R.WARRANTY_EXPENSE,)),
    ChartRow("6300", "Depreciation", T.EXPENSE, (R.DEPRECIATION_EXPENSE,)),
    ChartRow("6400", "Bank fees", T.EXPENSE, (R.BANK_FEES,)),
    ChartRow("6500", "Exchange losses", T.EXPENSE, (R.FX_REALIZED_LOSS,)),
    ChartRow("6510", "Unrealised exchange losses", T.EXPENSE, (R.FX_UNREALIZED_LOSS,)),
    ChartRow("6900", "Rounding", T.EXPENSE, (R.ROUNDING,)),
)

JOURNALS: tuple[tuple[str, str, str], ...] = (
    ("INV", "Sales invoices", "sales"),
    ("CN", "Credit notes", "credit"),
    ("BILL", "Supplier bills", "purchase"),
    ("BNK", "Bank", "bank"),
    ("STK", "Stock", "stock"),
    ("EXC", "Exchange differences", "exchange"),
    ("GEN", "General", "general"),
    ("OPN", "Opening", "opening"),
    ("CLS", "Closing", "closing"),
)
