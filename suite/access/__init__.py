"""Who may do what to which rows: asked the same way by page, API, admin, export and search."""
