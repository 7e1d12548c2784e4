"""The console's looks: Tabler's blue, so that both halves match."""

UNFOLD = {
    "SITE_TITLE": "Suite console",
    "SITE_HEADER": "Suite console",
    "SITE_URL": "/",
}
