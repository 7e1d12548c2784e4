from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _

from suite.kernel.companies.models import CompanyRow


class _Days(Func):
    function = "DATERANGE"
    output_field = DateRangeField()


class FiscalYear(CompanyRow):
    """A year of the books; entry numbers start again in each."""

    code = models.CharField(_("code"), max_length=12)
    starts_on = models.DateField(_("starts on"))
    ends_on = models.DateField(_("ends on"))

    audited = True

    class Meta:
        verbose_name = _("fiscal year")
        verbose_name_plural = _("fiscal years")
        ordering = ("-starts_on",)
        constraints = [
            models.UniqueConstraint(fields=("company", "code"), name="fiscal_year_code_once"),
            models.CheckConstraint(condition=Q(ends_on__gt=F("starts_on")), name="fiscal_year_ends_after_start"),
            ExclusionConstraint(
                name="fiscal_years_do_not_overlap",
                expressions=[("company", RangeOperators.EQUAL), (_Days("starts_on", "ends_on", models.Value("[]")), RangeOperators.OVERLAPS)],
            ),
        ]

    def __str__(self) -> str:
        return self.code


class Period(CompanyRow):
    """A stretch of a fiscal year, usually a month. Nothing posts into a closed one; the closing period takes the year-end entry."""

    class Status(models.TextChoices):
        OPEN = "open", _("Open")
        SOFT_CLOSED = "soft_closed", _("Soft-closed: closers only")
        CLOSED = "closed", _("Closed")

    year = models.ForeignKey(FiscalYear, models.PROTECT, related_name="periods", verbose_name=_("fiscal year"))
    number = models.PositiveSmallIntegerField(_("number"))
    starts_on = models.DateField(_("starts on"))
    ends_on = models.DateField(_("ends on"))
    is_closing = models.BooleanField(_("closing period"), default=False, help_text=_("Takes the year-end entry only"))
    status = models.CharField(_("status"), max_length=12, choices=Status, default=Status.OPEN, editable=False)
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)

    audited = True

    class Meta:
        verbose_name = _("period")
        verbose_name_plural = _("periods")
        ordering = ("-starts_on", "-number")
        permissions = [("close_period", "Can close a period"), ("reopen_period", "Can reopen a period")]
        constraints = [
            models.UniqueConstraint(fields=("year", "number"), name="period_number_once"),
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="period_ends_after_start"),
            ExclusionConstraint(
                name="periods_do_not_overlap",
                expressions=[("company", RangeOperators.EQUAL), (_Days("starts_on", "ends_on", models.Value("[]")), RangeOperators.OVERLAPS)],
                condition=Q(is_closing=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.year_id and self.year.code} / {self.number:02d}"


class WorkCalendar(CompanyRow):
    """Which weekdays are worked. `weekdays` holds ISO numbers: "12345" is Monday to Friday."""

    code = models.CharField(_("code"), max_length=12)
    name = models.CharField(_("name"), max_length=80)
    weekdays = models.CharField(_("working weekdays"), max_length=7, default="12345")

    audited = True

    class Meta:
        verbose_name = _("working calendar")
        verbose_name_plural = _("working calendars")
        constraints = [models.UniqueConstraint(fields=("company", "code"), name="work_calendar_code_once")]

    def __str__(self) -> str:
        return self.name


class Holiday(CompanyRow):
    """A day on which a calendar does not work."""

    calendar = models.ForeignKey(WorkCalendar, models.CASCADE, related_name="holidays", verbose_name=_("calendar"))
    day = models.DateField(_("day"))
    name = models.CharField(_("name"), max_length=80)

    audited = True

    class Meta:
        verbose_name = _("holiday")
        verbose_name_plural = _("holidays")
        ordering = ("day",)
        constraints = [models.UniqueConstraint(fields=("calendar", "day"), name="holiday_once")]

    def __str__(self) -> str:
        return f"{self.day} {self.name}"
