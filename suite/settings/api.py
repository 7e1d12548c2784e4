"""REST framework and OpenAPI."""

REST_FRAMEWORK: dict = {}
SPECTACULAR_SETTINGS: dict = {"TITLE": "Suite", "VERSION": "1", "OAS_VERSION": "3.1.0"}
