"""What freight adds to the checklist of a close."""

from datetime import timedelta

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from erp.closing.checks import Finding, closing_check
from erp.freight.models import FreightAccrual
from suite.kernel.calendars.models import Period

AGE = timedelta(days=45)
MOST = 50


@closing_check("freight_accruals", _("Freight not billed by the carrier for more than 45 days"), icon="truck-loading")
def old_freight(period: Period) -> list[Finding]:
    """Accruals of shipments that left more than 45 days before the end of the period, of which something is open."""
    rows = FreightAccrual.objects.filter(company_id=period.company_id, open_amount__gt=0, accrued_on__lte=period.ends_on - AGE)
    return [
        Finding(f"{row} {row.accrued_on}: {row.open_amount:,.2f}", reverse("erp:freightaccrual_detail", args=[row.pk]))
        for row in rows.select_related("carrier").order_by("accrued_on", "pk")[:MOST]
    ]
