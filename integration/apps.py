from suite.apps import SuiteAppConfig


class IntegrationConfig(SuiteAppConfig):
    name = "integration"
    verbose_name = "Integration"
    default = True
    domains = ("outbox", "flows", "trace", "worklist", "overview", "profiles", "bulk")

    def ready(self) -> None:
        super().ready()
        from integration.bulk import answers  # noqa: F401 - answers what lists ask
        from integration.flows import receivers  # noqa: F401 - registers receivers and consumers
        from integration.overview import homes, panels  # noqa: F401 - register cards and panels
