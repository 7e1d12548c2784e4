#!/usr/bin/env python
"""Django's command line. Finds the suite's PostgreSQL and Valkey, or starts them for the time of the command."""
import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "suite.settings")
    from suite.runtime.discovery import services_for

    with services_for(sys.argv):
        from django.core.management import execute_from_command_line

        execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
