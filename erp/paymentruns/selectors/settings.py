"""How a company pays."""

from datetime import datetime, timedelta

from django.utils import timezone

from erp.paymentruns.models import PaymentSettings


def settings_of(company_id: int) -> PaymentSettings:
    """The company's payment settings, or the defaults."""
    return PaymentSettings.objects.filter(company_id=company_id).first() or PaymentSettings(company_id=company_id)


def watched_since(company_id: int) -> datetime:
    """Bank accounts approved after this moment need a further approval of their own."""
    return timezone.now() - timedelta(days=settings_of(company_id).watched_days)
