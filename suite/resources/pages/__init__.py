"""The generated pages: list, record, form, action, import, export."""
