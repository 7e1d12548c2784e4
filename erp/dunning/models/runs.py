from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from suite.kernel.companies.models import CompanyRow
from suite.kernel.documents.models import Document, DocumentLine
from suite.kernel.money.fields import AmountField


class DunningRun(Document):
    """A look at everything overdue on a day. A company has one run that is not finished; what it proposes is letters, one per customer and currency."""

    class Status(models.TextChoices):
        DRAFT = "draft", _("Draft")
        PROPOSED = "proposed", _("Proposed")
        POSTED = "posted", _("Posted")
        DISCARDED = "discarded", _("Discarded")

    OPEN = (Status.DRAFT, Status.PROPOSED)

    status = models.CharField(_("status"), max_length=24, choices=Status, default=Status.DRAFT, editable=False)
    as_of = models.DateField(_("as of"), default=timezone.localdate, help_text=_("Days overdue count up to it; letters and fees bear it"))
    customer = models.ForeignKey(
        "kernel.Party", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("only this customer"), limit_choices_to={"is_customer": True},
    )
    letters = models.PositiveIntegerField(_("letters"), default=0, editable=False)
    fees = AmountField(_("fees"), default=0, editable=False)
    interest = AmountField(_("interest"), default=0, editable=False)
    entry = models.OneToOneField("erp.JournalEntry", models.PROTECT, null=True, editable=False, related_name="+", verbose_name=_("entry"))

    class Meta:
        verbose_name = _("dunning run")
        verbose_name_plural = _("dunning runs")
        ordering = ("-pk",)
        permissions = [
            ("propose_dunningrun", "Can have a dunning run proposed"), ("post_dunningrun", "Can post a dunning run"),
            ("discard_dunningrun", "Can discard a dunning run"),
        ]
        constraints = [
            models.UniqueConstraint(fields=("company", "number"), name="dunning_run_number_once"),
            models.UniqueConstraint(
                fields=("company",), condition=Q(status__in=("draft", "proposed")), name="one_open_dunning_run",
                violation_error_message=_("There is an open dunning run already: post or discard it first."),
            ),
            models.CheckConstraint(condition=Q(status="posted", number__isnull=False) | ~Q(status="posted") & Q(entry__isnull=True), name="dunning_run_posted"),
            models.CheckConstraint(condition=Q(fees__gte=0, interest__gte=0), name="dunning_run_amounts_not_negative"),
        ]

    def __str__(self) -> str:
        return self.number or f"{self._meta.verbose_name} {self.as_of}"


class DunningNotice(Document):
    """A letter to a customer about what is overdue in one currency. Amounts are in that currency; `level` is the highest of its lines."""

    class Status(models.TextChoices):
        PROPOSED = "proposed", _("Proposed")
        LEFT_OUT = "left_out", _("Left out")
        SETTLED = "settled", _("Paid or blocked meanwhile")
        ISSUED = "issued", _("Issued")
        WAIVED = "waived", _("Charges waived")

    STANDING = (Status.ISSUED, Status.WAIVED)

    status = models.CharField(_("status"), max_length=24, choices=Status, default=Status.PROPOSED, editable=False)
    run = models.ForeignKey(DunningRun, models.CASCADE, related_name="notices", verbose_name=_("dunning run"), editable=False)
    customer = models.ForeignKey("kernel.Party", models.PROTECT, related_name="+", verbose_name=_("customer"), editable=False)
    currency = models.ForeignKey("kernel.Currency", models.PROTECT, related_name="+", verbose_name=_("currency"), editable=False)
    level = models.ForeignKey("erp.DunningLevel", models.PROTECT, related_name="+", verbose_name=_("level"), editable=False)
    issued_on = models.DateField(_("date"), editable=False)
    pay_by = models.DateField(_("pay by"), editable=False)
    overdue = AmountField(_("overdue"), editable=False)
    credits = AmountField(_("credits not yet set off"), default=0, editable=False, help_text=_("Taken off the sum the letter asks for"))
    charges_before = AmountField(_("charges of earlier letters"), default=0, editable=False)
    fee = AmountField(_("fee"), default=0, editable=False)
    interest = AmountField(_("interest"), default=0, editable=False)
    total = AmountField(_("to be paid"), default=0, editable=False)
    waiver = models.OneToOneField("erp.JournalEntry", models.PROTECT, null=True, editable=False, related_name="+", verbose_name=_("entry of the waiver"))

    portal_party = "customer_id"

    class Meta:
        verbose_name = _("dunning letter")
        verbose_name_plural = _("dunning letters")
        ordering = ("-pk",)
        permissions = [
            ("leave_out_dunningnotice", "Can leave a letter out of a run"), ("take_in_dunningnotice", "Can take a letter back into a run"),
            ("waive_dunningnotice", "Can waive the charges of a letter"), ("send_dunningnotice", "Can send a letter by mail"),
        ]
        constraints = [
            models.UniqueConstraint(fields=("company", "number"), name="dunning_notice_number_once"),
            models.UniqueConstraint(fields=("run", "customer", "currency"), name="one_dunning_notice_per_customer"),
            models.CheckConstraint(
                condition=Q(overdue__gte=0, credits__gte=0, charges_before__gte=0, fee__gte=0, interest__gte=0), name="dunning_notice_amounts_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(total=F("overdue") - F("credits") + F("charges_before") + F("fee") + F("interest")), name="dunning_notice_adds_up",
            ),
            models.CheckConstraint(
                condition=Q(status__in=("issued", "waived"), number__isnull=False) | ~Q(status__in=("issued", "waived")) & Q(number__isnull=True),
                name="issued_dunning_notice_has_number",
            ),
            models.CheckConstraint(condition=Q(status="waived") ^ Q(waiver__isnull=True), name="waived_dunning_notice_has_entry"),
        ]
        indexes = [models.Index(fields=("company", "customer", "-id"), name="dunning_notice_of_customer")]

    def __str__(self) -> str:
        return self.number or f"{self.customer} {self.issued_on}"


class DunningNoticeLine(DocumentLine):
    """An overdue item that takes a step. An item takes at most one step per run, and each step once in its life."""

    notice = models.ForeignKey(DunningNotice, models.CASCADE, related_name="lines", verbose_name=_("dunning letter"))
    run = models.ForeignKey(DunningRun, models.CASCADE, related_name="lines", verbose_name=_("dunning run"), editable=False)
    item = models.ForeignKey("erp.OpenItem", models.PROTECT, related_name="dunning_lines", verbose_name=_("open item"))
    level_before = models.PositiveSmallIntegerField(_("level before"), default=0)
    level = models.PositiveSmallIntegerField(_("level"))
    days_overdue = models.PositiveIntegerField(_("days overdue"))
    open_amount = AmountField(_("open"))
    interest_from = models.DateField(_("interest from"), help_text=_("The first day that interest is charged for"))
    interest = AmountField(_("interest"), default=0)
    is_issued = models.BooleanField(_("issued"), default=False)

    portal_party = "notice__customer_id"
    audited = True

    class Meta:
        verbose_name = _("dunned item")
        verbose_name_plural = _("dunned items")
        ordering = ("notice", "position")
        constraints = [
            models.UniqueConstraint(fields=("run", "item"), name="item_dunned_once_per_run"),
            models.UniqueConstraint(fields=("item", "level"), condition=Q(is_issued=True), name="item_takes_each_level_once"),
            models.CheckConstraint(condition=Q(level=F("level_before") + 1), name="dunned_item_takes_one_step"),
            models.CheckConstraint(condition=Q(open_amount__gt=0, interest__gte=0, days_overdue__gt=0), name="dunned_item_is_overdue"),
        ]

    def __str__(self) -> str:
        return str(self.item)


class DunningBlock(CompanyRow):
    """Why a customer, or one item, is not dunned until a day: a dispute, a promise to pay by that day, or another reason in words."""

    class Kind(models.TextChoices):
        DISPUTE = "dispute", _("Dispute")
        PROMISE = "promise", _("Promised to pay")
        OTHER = "other", _("Other reason")

    customer = models.ForeignKey("kernel.Party", models.PROTECT, related_name="+", verbose_name=_("customer"), limit_choices_to={"is_customer": True})
    item = models.ForeignKey(
        "erp.OpenItem", models.PROTECT, null=True, blank=True, related_name="dunning_blocks", verbose_name=_("only this item"),
        help_text=_("Empty: nothing of the customer is dunned"),
    )
    kind = models.CharField(_("kind"), max_length=8, choices=Kind, default=Kind.DISPUTE)
    reason = models.CharField(_("reason"), max_length=200)
    until = models.DateField(_("until"), help_text=_("The last day of the block; of a promise: the day of payment"))
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)

    portal_party = "customer_id"
    audited = True

    class Meta:
        verbose_name = _("dunning block")
        verbose_name_plural = _("dunning blocks")
        ordering = ("until", "pk")
        constraints = [
            models.CheckConstraint(
                condition=~Q(reason__regex=r"^\s*$"), name="dunning_block_has_a_reason", violation_error_message=_("Say why nothing is dunned."),
            ),
        ]
        indexes = [models.Index(fields=("company", "customer", "until"), name="dunning_block_of_customer")]

    def __str__(self) -> str:
        return f"{self.customer}: {self.get_kind_display()} ({self.until})"
