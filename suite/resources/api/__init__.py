"""The generated REST API: /api/v1/<app>/<resource>/."""
