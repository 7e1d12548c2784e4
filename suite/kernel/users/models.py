from django.contrib.auth.models import AbstractUser, UserManager
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class ScopedUserManager(UserManager):
    def visible_to(self, user, action: str = "view") -> models.QuerySet:
        """Colleagues in the same company."""
        return self.get_queryset().filter(company_id=user.company_id, party__isnull=True) if user.company_id else self.none()


class User(AbstractUser):
    """Somebody who signs in. `company` is the one worked in now; `companies` are those that may be switched to."""

    company = models.ForeignKey("kernel.Company", models.PROTECT, null=True, blank=True, verbose_name=_("working in"), related_name="+")
    companies = models.ManyToManyField("kernel.Company", blank=True, verbose_name=_("companies"), related_name="members")
    party = models.ForeignKey("kernel.Party", models.PROTECT, null=True, blank=True, verbose_name=_("portal of"), related_name="portal_users")
    is_service = models.BooleanField(_("service"), default=False, help_text=_("Acts for the suite itself and cannot sign in"))

    objects = ScopedUserManager()
    audited = True

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        constraints = [
            models.CheckConstraint(
                condition=Q(party__isnull=True) | Q(is_staff=False, is_superuser=False), name="portal_user_is_never_staff",
            ),
        ]

    def __str__(self) -> str:
        return self.get_full_name() or self.username

    @property
    def initials(self) -> str:
        return ((self.first_name[:1] + self.last_name[:1]) or self.username[:2]).upper()
