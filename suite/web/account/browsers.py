"""What a browser calls itself, in words a person knows it by: "Firefox on Windows". Enough to recognise one's own sign-ins."""

from django.utils.translation import gettext as _

# In this order: Edge and Opera also say Chrome, Chrome also says Safari.
BROWSERS = (
    ("Edg", "Edge"), ("OPR/", "Opera"), ("SamsungBrowser/", "Samsung Internet"), ("Firefox/", "Firefox"), ("FxiOS/", "Firefox"), ("CriOS/", "Chrome"),
    ("HeadlessChrome/", "Chrome"), ("Chromium/", "Chromium"), ("Chrome/", "Chrome"), ("Safari/", "Safari"), ("curl/", "curl"), ("python-", "Python"),
)
# iPhones say Mac OS X, Android says Linux, ChromeOS says X11.
SYSTEMS = (
    ("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("CrOS", "ChromeOS"), ("Windows", "Windows"), ("Macintosh", "macOS"),
    ("Mac OS X", "macOS"), ("Linux", "Linux"),
)
HAND_HELD = {"iPhone", "iPad", "Android"}


def _first(pairs: tuple[tuple[str, str], ...], text: str) -> str:
    return next((name for mark, name in pairs if mark in text), "")


def browser_words(agent: str) -> str:
    """ "Firefox on Windows"; where the browser says nothing that is known, that it is unknown."""
    browser, system = _first(BROWSERS, agent), _first(SYSTEMS, agent)
    if browser and system:
        return _("%(browser)s on %(system)s") % {"browser": browser, "system": system}
    return browser or system or _("Unknown browser")


def is_hand_held(agent: str) -> bool:
    return _first(SYSTEMS, agent) in HAND_HELD


def address_words(address: str) -> str:
    """The network address, with what it means where that is plain."""
    if not address:
        return _("Unknown address")
    if address in {"127.0.0.1", "::1"}:
        return _("This computer (%(address)s)") % {"address": address}
    return address
