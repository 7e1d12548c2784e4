"""Moving a company in: read and check everything, then write master data, opening stock and the orders in the order of their dates."""

from collections.abc import Callable
from pathlib import Path

from integration.profiles.figures import Figures, add_up
from integration.profiles.mapping import Profile, load_profile, read_records
from integration.profiles.master import House, set_up_house
from integration.profiles.progress import Progress
from integration.profiles.reading import Fault, Reading
from integration.profiles.sense import check_sense
from integration.profiles.session import moving_in
from integration.profiles.trade import Trade

PROFILES = Path(__file__).parent


class Refused(Exception):
    """Rows that cannot be taken; nothing was written."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__(f"{len(faults)} faults")
        self.faults = faults


def profile_names() -> list[str]:
    """The profiles that can be moved in."""
    return sorted(path.parent.name for path in PROFILES.glob("*/profile.toml"))


def profile_named(name: str) -> Profile:
    return load_profile(PROFILES / name / "profile.toml")


def move_in(profile: Profile, folder: Path, *, say: Callable[[str], None]) -> Figures:
    """Brings the files of a folder in and returns what they add up to. A second run does what is missing, so a killed one is continued.

    Raises Refused before the first write when any row cannot be taken; StepFailed or DeliveryFailed when a service refuses later.
    """
    reading = Reading()
    records = read_records(profile, folder, reading)
    if not reading.faults:
        check_sense(profile, records, reading)
    if reading.faults:
        raise Refused(reading.faults)
    with moving_in():
        house: House = set_up_house(profile, records)
        trade = Trade(profile, records, house)
        trade.open_stock()
        steps = trade.steps()
        say(f"{len(records['order'])} orders read, {len(steps)} steps to do.")
        trade.play(steps, Progress(say, len(steps)))
        trade.retire_products()
    return add_up(profile, house.company, folder)
