"""One colour per word of state, the same on every page."""

COLOURS: dict[str, str] = {
    **dict.fromkeys(("draft", "new", "planned", "waiting", "open", "skipped", "none", "not_started"), "secondary"),
    **dict.fromkeys(("sent", "confirmed", "booked", "ready", "accepted", "released", "matched"), "blue"),
    **dict.fromkeys(("in_transit", "dispatched", "picked", "running", "allocated", "posted", "in_progress"), "azure"),
    **dict.fromkeys(("partial", "partly", "partially_ready", "partially_paid", "soft_closed", "out_for_delivery", "expired", "pending"), "yellow"),
    **dict.fromkeys(("on_hold", "exception", "blocked", "backorder", "overdue", "returned", "revised", "short"), "orange"),
    **dict.fromkeys(("cancelled", "void", "voided", "rejected", "failed", "dead", "reversed", "closed_short", "error"), "red"),
    **dict.fromkeys(("completed", "done", "paid", "delivered", "settled", "active", "full", "invoiced", "packed", "received"), "green"),
    **dict.fromkeys(("closed", "archived", "inactive"), "dark"),
}


def colour_of(status: str) -> str:
    """A Tabler colour for a status; a part of the word decides where the whole is unknown."""
    if status in COLOURS:
        return COLOURS[status]
    return next((colour for word, colour in COLOURS.items() if len(word) > 3 and word in str(status)), "secondary")
