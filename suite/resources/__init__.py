"""One declaration per model: pages, API, console, import, export, menu and search come from it."""
