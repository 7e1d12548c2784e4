from suite.apps import SuiteAppConfig


class ErpConfig(SuiteAppConfig):
    name = "erp"
    verbose_name = "ERP"
    default = True
    domains = (
        "ledger",
        "knowledge",
        "closing",
        "receivables",
        "payables",
        "einvoicing",
        "banking",
        "currencies",
        "inventory",
        "schedules",
        "opening",
        "compliance",
        "assets",
        "charts",
        "dimensions",
        "forecasting",
        "claims",
        "freight",
        "dunning",
        "allowances",
        "settlements",
        "giveaways",
        "carrierclaims",
        "paymentruns",
        "budgets",
        "statements",
        "taxes",
    )
