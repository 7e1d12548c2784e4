from suite.apps import SuiteAppConfig


class CrmConfig(SuiteAppConfig):
    name = "crm"
    verbose_name = "CRM"
    default = True
    domains = ("customers", "pricing", "margins", "quotes", "orders")
