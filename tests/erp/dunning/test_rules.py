"""Interest by days, and who gets a letter."""

from datetime import date
from decimal import Decimal as D

from erp.dunning.rules import Base, Level, Overdue, Rate, Standing, day_percents, filled, letters_of

BASES = [Base(date(2025, 1, 1), D(1)), Base(date(2026, 4, 1), D(3))]
LEVELS = {
    1: Level(11, 1, "Reminder", D(0), D(0), D(0)), 2: Level(12, 2, "First", D(5), D(9), D(0)), 3: Level(13, 3, "Last", D(10), D(9), D(50)),
}


def standing(on=date(2026, 4, 10), **values) -> Standing:
    return Standing(on, LEVELS, BASES, {"EUR": Rate(D(1), 2), "KRW": Rate(D("0.0007"), 0)}, **values)


def item(pk=1, customer=1, currency="EUR", due=date(2026, 3, 1), amount="1000", level=1, since=None):
    return Overdue(pk, customer, currency, due, D(amount), level, since or date(2026, 3, 2))


def test_interest_counts_every_day_at_the_rate_of_that_day():
    # 2 to 31 March: 30 days at 1 + 9; 1 to 10 April: 10 days at 3 + 9.
    assert day_percents(BASES, D(9), date(2026, 3, 2), date(2026, 4, 10)) == 30 * 10 + 10 * 12
    assert standing().interest(D(1000), date(2026, 3, 2), D(9), 2) == D("11.51")  # 1000 * 420 / 36500


def test_interest_of_a_leap_year_is_by_365_too_and_a_day_is_a_day():
    assert day_percents([], D(10), date(2024, 1, 1), date(2024, 12, 31)) == 3660
    assert day_percents([], D(10), date(2024, 2, 29), date(2024, 2, 29)) == 10
    assert day_percents([], D(10), date(2024, 3, 1), date(2024, 2, 29)) == 0


def test_a_base_rate_below_zero_lowers_interest_and_never_below_nothing():
    assert day_percents([Base(date(2020, 1, 1), D("-0.88"))], D(9), date(2021, 1, 1), date(2021, 1, 10)) == D("81.20")
    assert day_percents([Base(date(2020, 1, 1), D(-20))], D(9), date(2021, 1, 1), date(2021, 1, 10)) == 0


def test_no_points_no_interest():
    assert standing().interest(D(1000), date(2026, 3, 2), D(0), 2) == 0


def test_a_letter_per_customer_and_currency_at_its_highest_level():
    letters = letters_of([item(1), item(2, level=0, amount="50"), item(3, currency="KRW", amount="100000", level=0), item(4, customer=2)], standing())

    assert [(one.customer_id, one.currency_id, one.level.position, len(one.lines)) for one in letters] == [(1, "EUR", 2, 2), (1, "KRW", 1, 1), (2, "EUR", 2, 1)]
    assert letters[0].fee == 5 and letters[0].interest == D("11.51") and letters[0].total == D("1066.51")


def test_a_fee_in_another_currency_is_worth_the_same():
    (letter,) = letters_of([item(currency="KRW", amount="1000000")], standing())

    assert letter.fee == 7143  # 5.00 at 0.0007


def test_credits_count_against_what_is_overdue():
    assert letters_of([item(level=0)], standing(credits={(1, "EUR"): D(1000)})) == []
    (letter,) = letters_of([item(level=0)], standing(credits={(1, "EUR"): D(400)}, charges={(1, "EUR"): D(5)}))
    assert letter.total == 605


def test_below_the_minimum_of_its_level_nobody_is_written_to():
    assert letters_of([item(level=2, amount="49.99")], standing()) == []
    assert len(letters_of([item(level=2, amount="50")], standing())) == 1


def test_placeholders_are_filled_and_nothing_else_is():
    assert filled("Pay {total} by {pay_by}, {other} {0} {a.b}", {"total": "5 EUR", "pay_by": "1 May"}) == "Pay 5 EUR by 1 May, {other} {0} {a.b}"
