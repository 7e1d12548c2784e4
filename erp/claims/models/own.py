"""Who sees which claims: people their own, those who keep the books all of them."""

from typing import Any, Self

from suite.access.querysets import ScopedQuerySet

WRITING = frozenset({"add", "change", "delete", "submit", "withdraw", "reopen"})


class OwnRows(ScopedQuerySet):
    """Rows of the employee who signed in; `own_path` of the model leads to that user."""

    def visible_to(self, user: Any, action: str = "view") -> Self:
        """All rows of the company for those who may see (or write) every claim; for everybody else what is their own."""
        rows = super().visible_to(user, action)
        every = "erp.write_every_expenseclaim" if action in WRITING else "erp.view_every_expenseclaim"
        if getattr(user, "company_id", None) is None or user.has_perm(every):
            return rows
        return rows.filter(**{self.model.own_path: user.pk})
