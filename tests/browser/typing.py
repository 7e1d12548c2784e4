"""What hands do at a keyboard."""

import re


def choose(page, text: str) -> None:
    """Types into the search of a key field that has the focus, waits for the hit, takes it with Enter."""
    page.wait_for_load_state("networkidle")
    page.keyboard.type(text)
    page.locator(f".ts-dropdown .option.active:has-text('{text}')").wait_for()
    page.keyboard.press("Enter")
    page.locator(f".ts-wrapper .item:has-text('{text}')").last.wait_for()
    page.wait_for_timeout(200)  # the widget takes the focus back once more, a moment later than any hand moves on


def press(page, label: str) -> None:
    """Reaches the button or link of a record's page by its name and presses Enter on it."""
    page.locator(f".page-header .btn:has-text('{label}')").first.focus()
    page.keyboard.press("Enter")


def at(page, pattern: str) -> None:
    """Waits for an address."""
    page.wait_for_url(re.compile(pattern))
