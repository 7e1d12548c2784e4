"""The real application under a real browser. One house and one Chromium serve the whole folder; each test has a company of its own."""

import os
import shutil
from collections.abc import Callable, Iterator

import pytest
from django.conf import settings
from django.test import Client

from suite.kernel.users.models import User
from tests.browser.house import House
from tests.factories.journeys import Trade

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
CSP = """document.addEventListener("securitypolicyviolation", (event) => console.error(`CSP: ${event.violatedDirective} ${event.blockedURI}`));"""


def pytest_collection_modifyitems(items) -> None:
    for item in items:
        if "/tests/browser/" in str(item.path):
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="package")
def house(django_db_setup, django_db_blocker, tmp_path_factory) -> Iterator[House]:
    """gunicorn, worker and sweeper. The database keeps what these tests commit, and is made anew after the last of them."""
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # Playwright runs a loop in this thread; Django's queries here are plain ones
    house = House(tmp_path_factory.mktemp("house"))
    with django_db_blocker.unblock():
        try:
            house.open()
            yield house
        finally:
            house.close()
            django_db_setup()
            del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture(scope="package")
def chromium():
    """The browser. Skips where the machine has none, or Python's Playwright is missing."""
    playwright = pytest.importorskip("playwright.sync_api", reason="The browser tests need playwright (requirements-dev.txt).")
    program = next(filter(None, map(shutil.which, NAMES)), None)
    if program is None:
        pytest.skip("This machine has no Chromium: apt-get install chromium, then run the browser tests.")
    with playwright.sync_playwright() as started:
        browser = started.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield browser
        browser.close()


class Desks:
    """Opens pages. Every console error and every violation of the content policy is collected, and fails the test at its end."""

    def __init__(self, chromium, house: House) -> None:
        self.chromium, self.house = chromium, house
        self.contexts: list = []
        self.problems: list[str] = []
        self.refusals_are_expected = False

    def open(self, user: User | None = None, *, width: int = 1440, height: int = 1000, bypass_csp: bool = False, **cookies: str):
        """A page of a browser of its own, signed in as the user; cookies such as theme="dark", django_language="de"."""
        context = self.chromium.new_context(base_url=self.house.url, viewport={"width": width, "height": height}, bypass_csp=bypass_csp)
        context.set_default_timeout(15_000)
        context.add_init_script(CSP)
        if user is not None:
            client = Client()
            client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
            cookies[settings.SESSION_COOKIE_NAME] = client.cookies[settings.SESSION_COOKIE_NAME].value
        context.add_cookies([{"name": name, "value": value, "url": self.house.url} for name, value in cookies.items()])
        self.contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: self._heard(message.text, page.url) if message.type == "error" else None)
        page.on("pageerror", lambda error: self._heard(str(error), page.url))
        return page

    def _heard(self, text: str, url: str) -> None:
        if not (self.refusals_are_expected and text.startswith("Failed to load resource: the server responded with a status of 4")):
            self.problems.append(f"{url}: {text}")

    def close(self) -> None:
        for context in self.contexts:
            context.close()


@pytest.fixture
def desks(chromium, house) -> Iterator[Desks]:
    desks = Desks(chromium, house)
    yield desks
    desks.close()
    assert desks.problems == []


@pytest.fixture
def refusals(desks) -> Desks:
    """For tests that are refused on purpose: answers 4xx are no problem of the page."""
    desks.refusals_are_expected = True
    return desks


@pytest.fixture
def trade(house) -> Trade:
    """A trading company with a hundred pieces in stock."""
    return Trade()


@pytest.fixture
def settled() -> Callable:
    """Waits until a page that follows its own progress shows a text."""

    def wait(page, text: str, seconds: float = 15) -> None:
        page.locator(f"#panel-orderprogress:has-text('{text}')").wait_for(timeout=seconds * 1000)

    return wait
