"""One colour per word of state, the same on every page."""

COLOURS: dict[str, str] = {
    **dict.fromkeys(("draft", "new", "planned", "waiting", "open", "skipped", "none", "not_started", "proposed"), "secondary"),
    **dict.fromkeys(("sent", "confirmed", "booked", "ready", "accepted", "approved", "released", "matched"), "blue"),
    **dict.fromkeys(("in_transit", "dispatched", "picked", "running", "allocated", "posted", "in_progress", "exported"), "azure"),
    **dict.fromkeys(("partially_ready", "partially_paid", "partially_received"), "yellow"),
    **dict.fromkeys(("partial", "partly", "soft_closed", "out_for_delivery", "expired", "pending"), "yellow"),
    **dict.fromkeys(("unpaid", "not_paid", "due", "submitted"), "yellow"),
    **dict.fromkeys(("on_hold", "exception", "blocked", "backorder", "overdue", "returned", "revised", "short"), "orange"),
    **dict.fromkeys(("cancelled", "void", "voided", "rejected", "refused", "failed", "dead", "reversed", "closed_short", "error"), "red"),
    **dict.fromkeys(("completed", "done", "paid", "delivered", "settled", "active", "full", "invoiced", "packed", "received"), "green"),
    **dict.fromkeys(("closed", "archived", "inactive"), "dark"),
}


def colour_of(status: str) -> str:
    """A Tabler colour for a status; where the whole is unknown, its first known word decides ("partly_delivered")."""
    if status in COLOURS:
        return COLOURS[status]
    words = str(status).split("_")
    return "secondary" if "not" in words else next((COLOURS[word] for word in words if word in COLOURS), "secondary")
