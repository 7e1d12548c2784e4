"""Rows a user may see. Outside the scope a row does not exist (404, never 403)."""

from typing import Any, Self

from django.db import models


class ScopedQuerySet(models.QuerySet):
    """A queryset that knows its company; portal users see only what belongs to their party."""

    def in_company(self, company: Any) -> Self:
        return self.filter(company=company)

    def visible_to(self, user: Any, action: str = "view") -> Self:
        """The rows on which `user` may attempt `action`; none for anonymous users and users without a company."""
        company_id = getattr(user, "company_id", None)
        if not getattr(user, "is_authenticated", False) or company_id is None:
            return self.none()
        rows = self.filter(**{self._company_path(): company_id})
        party_id = getattr(user, "party_id", None)
        if party_id is not None:
            party_path = getattr(self.model, "portal_party", None)
            return rows.filter(**{party_path: party_id}) if party_path else rows.none()
        return rows

    def _company_path(self) -> str:
        return getattr(self.model, "company_path", "company_id")


class SharedQuerySet(models.QuerySet):
    """Rows that belong to no company: currencies, units, countries. Every signed-in member of staff sees them."""

    def visible_to(self, user: Any, action: str = "view") -> Self:
        if not getattr(user, "is_authenticated", False) or getattr(user, "party_id", None) is not None:
            return self.none()
        return self.all()
