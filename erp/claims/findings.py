"""What claims add to the checklist of a close."""

from datetime import timedelta

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from erp.claims.models import EmployeeAdvance, ExpenseClaim
from erp.closing.checks import Finding, closing_check
from suite.kernel.calendars.models import Period

AGE = timedelta(days=60)
MOST = 50


@closing_check("expense_claims", _("Approved expense claims of the period that are not posted"), icon="receipt-2")
def claims_to_post(period: Period) -> list[Finding]:
    """Claims that an approver let pass, with an expense of the period or before."""
    claims = ExpenseClaim.objects.filter(company_id=period.company_id, status="approved", lines__spent_on__lte=period.ends_on).distinct()
    claims = claims.select_related("claimant").order_by("pk")[:MOST]
    return [Finding(f"{claim} {claim.claimant}: {claim.gross:,.2f}", reverse("erp:expenseclaim_detail", args=[claim.pk])) for claim in claims]


@closing_check("employee_advances", _("Advances that employees have not accounted for in 60 days"), icon="wallet")
def old_advances(period: Period) -> list[Finding]:
    """Advances paid out more than 60 days before the end of the period, of which something is open."""
    advances = EmployeeAdvance.objects.filter(
        company_id=period.company_id, open_amount__gt=0, payments__kind="advance", payments__status="posted", payments__paid_on__lte=period.ends_on - AGE,
    ).select_related("claimant").distinct().order_by("pk")[:MOST]
    return [
        Finding(f"{advance} {advance.claimant}: {advance.open_amount:,.2f}", reverse("erp:employeeadvance_detail", args=[advance.pk])) for advance in advances
    ]
