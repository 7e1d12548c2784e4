"""Periodic jobs of the suite (`jobs.py` says how they run once per period)."""

from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm.quotes.services import expire_quotes
from erp.compliance.services import plan_tasks
from erp.dunning.services import run_dunning
from erp.forecasting.services import take_cash_forecast
from erp.paymentruns.services import confirm_batches_on_statement, expire_mandates
from erp.schedules.services import run_schedules
from integration.bulk.run import abandoned_runs, forget_runs
from integration.bulk.tasks import hand_over
from integration.outbox.jobs import job
from integration.outbox.models import Delivery, JobRun
from suite.kernel.companies.models import Company
from suite.kernel.documents.models import IdempotencyKey
from suite.kernel.mail.services import send_waiting
from suite.kernel.users.service_user import service_user

KEEP_DELIVERIES = timedelta(days=90)
KEEP_KEYS = timedelta(days=7)


@job("crm.expire_quotes", every=timedelta(hours=1), label=_("Expire quotes past their date"))
def expire() -> str:
    return f"{expire_quotes()} expired"


@job("integration.resume_bulk", every=timedelta(minutes=1), label=_("Take up bulk actions that nobody works on"))
def resume_bulk() -> str:
    """Runs whose worker was never told, or died; what they have done is not done again."""
    told = [hand_over(run_id) for run_id in abandoned_runs()]
    return f"{sum(told)} taken up"


@job("integration.tidy", every=timedelta(days=1), label=_("Forget old deliveries, keys, job runs and bulk actions"))
def tidy() -> str:
    """Done deliveries are kept 90 days, idempotency keys 7, job runs and bulk actions 90; events stay."""
    now = timezone.now()
    deliveries, _by_model = Delivery.objects.filter(status=Delivery.Status.DONE, done_at__lt=now - KEEP_DELIVERIES).delete()
    keys, _by_model = IdempotencyKey.objects.filter(at__lt=now - KEEP_KEYS).delete()
    JobRun.objects.filter(period_start__lt=now - KEEP_DELIVERIES).delete()
    runs = forget_runs(before=now - KEEP_DELIVERIES)
    return f"{deliveries} deliveries, {keys} keys, {runs} bulk actions"


@job("erp.schedules", every=timedelta(hours=1), label=_("Post recurring entries, deferrals and reversals that are due"))
def schedules() -> str:
    """Whatever fell due since the last run, days without a worker included; each once."""
    posted, refused = 0, 0
    for company_id in Company.objects.order_by("pk").values_list("pk", flat=True):
        done, failed = run_schedules(company_id=company_id, on=timezone.localdate(), actor=service_user(company_id=company_id))
        posted, refused = posted + done, refused + len(failed)
    return f"{posted} posted, {refused} refused"


@job("erp.obligations", every=timedelta(hours=6), label=_("Put obligations on the compliance calendar"))
def obligations() -> str:
    tasks = 0
    for company_id in Company.objects.order_by("pk").values_list("pk", flat=True):
        tasks += len(plan_tasks(company_id=company_id, on=timezone.localdate(), actor=service_user(company_id=company_id)))
    return f"{tasks} planned"


@job("erp.cash_forecast", every=timedelta(days=1), label=_("Keep the day's cash forecast"))
def cash_forecast() -> str:
    """The forecast of today of every company, to be held against what comes."""
    companies = list(Company.objects.order_by("pk").values_list("pk", flat=True))
    for company_id in companies:
        take_cash_forecast(company_id=company_id, on=timezone.localdate(), actor=service_user(company_id=company_id))
    return f"{len(companies)} kept"


@job("kernel.mail", every=timedelta(minutes=1), label=_("Send the mails that wait"))
def mail() -> str:
    sent, failed = send_waiting()
    return f"{sent} sent, {failed} not sent"


@job("erp.dunning", every=timedelta(days=1), label=_("Propose a dunning run"))
def dunning() -> str:
    """A proposal a day where the company's policy asks for it; a person posts and sends it, unless the policy says otherwise."""
    done = [
        run_dunning(company_id=company_id, on=timezone.localdate(), actor=service_user(company_id=company_id))
        for company_id in Company.objects.order_by("pk").values_list("pk", flat=True)
    ]
    return ", ".join(done)


@job("erp.payment_batches", every=timedelta(hours=1), label=_("Confirm payment batches that are on the statement, expire mandates"))
def payment_batches() -> str:
    """A batch is confirmed when the statement shows all of it; a mandate expires after 36 months without a collection."""
    confirmed, expired = 0, 0
    for company_id in Company.objects.order_by("pk").values_list("pk", flat=True):
        actor = service_user(company_id=company_id)
        confirmed += confirm_batches_on_statement(company_id=company_id, actor=actor)
        expired += expire_mandates(company_id=company_id, on=timezone.localdate(), actor=actor)
    return f"{confirmed} confirmed, {expired} expired"
