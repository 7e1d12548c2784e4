"""What the shell of every page needs."""

from django.http import HttpRequest


def shell(request: HttpRequest) -> dict:
    return {}
