"""Moving the finance amounts in."""

from collections.abc import Callable
from pathlib import Path

from integration.profiles.adventureworks_finance.books import make_budgets, post_actuals, set_up
from integration.profiles.adventureworks_finance.source import read_source
from integration.profiles.adventureworks_finance.totals import Totals, add_up
from integration.profiles.moving import Refused
from integration.profiles.reading import Reading
from integration.profiles.session import moving_in

NAME = "adventureworks_finance"


def move_finance_in(folder: Path, *, say: Callable[[str], None]) -> Totals:
    """Brings the files of a folder in and returns what they add up to; a second run does what is missing.

    Raises Refused before the first write when any row cannot be taken.
    """
    reading = Reading()
    source = read_source(folder, reading)
    if reading.faults:
        raise Refused(reading.faults)
    say(f"{len(source.amounts)} amounts read.")
    with moving_in():
        books = set_up(source)
        make_budgets(books, source, say)
        post_actuals(books, source, say)
    return add_up(books, source)
