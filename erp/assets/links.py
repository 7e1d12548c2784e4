"""Where the rows of the register lead."""

from django.urls import NoReverseMatch, reverse


def asset_page(pk: int) -> str:
    """The page of an asset, or the empty string where there are no pages."""
    try:
        return reverse("erp:asset_detail", args=[pk])
    except NoReverseMatch:
        return ""
