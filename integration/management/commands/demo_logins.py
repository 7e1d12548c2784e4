"""manage.py demo_logins: who may sign in to the demo company."""

from django.core.management.base import BaseCommand

from integration.profiles.demo.description import logins
from suite.kernel.users.models import User


class Command(BaseCommand):
    help = "Prints user name, role and password of the demo staff."

    def handle(self, *args, **options) -> None:
        known = set(User.objects.values_list("username", flat=True))
        rows = [login for login in logins() if login[0] in known]
        if not rows:
            self.stdout.write("There is no demo company. Make it with: manage.py load_demo")
            return
        self.stdout.write(f"{'user name':16} {'role':16} password")
        for username, role, password in rows:
            self.stdout.write(f"{username:16} {role:16} {password}")
