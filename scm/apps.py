from suite.apps import SuiteAppConfig


class ScmConfig(SuiteAppConfig):
    name = "scm"
    verbose_name = "SCM"
    default = True
    domains = ("carriers", "shipping", "warehousing")
