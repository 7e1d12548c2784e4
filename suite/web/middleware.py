"""Placeholders of the walking skeleton."""


def _pass(get_response):
    return get_response


RequestContext = SecurityHeaders = SessionRules = BusinessErrors = _pass
