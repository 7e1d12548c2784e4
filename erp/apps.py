from suite.apps import SuiteAppConfig


class ErpConfig(SuiteAppConfig):
    name = "erp"
    verbose_name = "ERP"
    default = True
    domains = ("ledger", "closing", "receivables", "payables", "banking", "inventory")
