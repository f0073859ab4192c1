"""Who somebody is. Roles are Groups; whoever has none is an applicant."""

from typing import ClassVar, Final

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    """The staff's roles, each a Group of the same name."""

    REVIEWER = "reviewer", _("Reviewer")
    SENIOR = "senior", _("Senior reviewer")
    AUDITOR = "auditor", _("Auditor")
    ADMINISTRATOR = "administrator", _("Administrator")


class Language(models.TextChoices):
    """The three languages people see."""

    ENGLISH = "en", "English"
    SIMPLIFIED = "zh-hans", "简体中文"
    TRADITIONAL = "zh-hant", "繁體中文"


class UserManager(BaseUserManager["User"]):
    """Accounts are known by their e-mail address, in lower case."""

    def create_user(self, email: str, password: str | None = None, **extra: object) -> "User":
        """Make an account; without a password it signs in by e-mailed code only."""
        user = self.model(email=email.lower(), **extra)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **extra: object) -> "User":
        """Make an administrator: there is no account above the roles."""
        from django.contrib.auth.models import Group

        user = self.create_user(email, password, **extra)
        user.groups.add(Group.objects.get_or_create(name=Role.ADMINISTRATOR)[0])
        return user


class User(AbstractBaseUser, PermissionsMixin):
    """An applicant, or a member of staff with one or more roles."""

    email = models.EmailField(_("e-mail address"), unique=True)
    name = models.CharField(_("name"), max_length=80, blank=True)
    language = models.CharField(
        _("language"), max_length=7, choices=Language, default=Language.ENGLISH
    )
    keys = models.JSONField(default=dict, blank=True, editable=False)
    """What somebody has changed of the keys they work with: a key by its act."""
    is_active = models.BooleanField(default=True)
    date_joined = models.DateTimeField(default=timezone.now, editable=False)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        constraints = [
            models.UniqueConstraint(Lower("email"), name="user_email_is_unique_in_any_case"),
            models.CheckConstraint(
                name="user_language_is_one_of_three",
                condition=models.Q(language__in=Language.values),
            ),
        ]

    def __str__(self) -> str:
        return self.name or f"account {self.pk}"

    @property
    def shown_name(self) -> str:
        """What colleagues know them by: the name, or the address where none was given."""
        return self.name or self.email

    @cached_property
    def roles(self) -> frozenset[str]:
        """The roles held, read once a request."""
        return frozenset(self.groups.values_list("name", flat=True))

    @cached_property
    def has_second_factor(self) -> bool:
        """Whether an authenticator is set up; recovery codes alone are none."""
        return self.authenticator_set.exclude(type="recovery_codes").exists()

    @property
    def is_staff_member(self) -> bool:
        """Whether any role is held."""
        return bool(self.roles)

    def has_role(self, *roles: Role) -> bool:
        """Whether one of the roles is held."""
        return not self.roles.isdisjoint(roles)

    @property
    def shown_role(self) -> str:
        """The role that an audit entry names: the one with the most say, or `applicant`."""
        for role in (Role.ADMINISTRATOR, Role.SENIOR, Role.REVIEWER, Role.AUDITOR):
            if role in self.roles:
                return role.value
        return "applicant"


class LoginCode(models.Model):
    """A sign-in code that was mailed and not used yet.

    The browser's session names the row. Using the code deletes it.
    """

    MOST_TRIES: Final = 5

    email = models.EmailField(editable=False)
    digest = models.CharField(max_length=64, blank=True, editable=False)
    """An HMAC of the code; empty where no code opens anything."""
    tries = models.PositiveSmallIntegerField(default=0, editable=False)
    made_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="login_code_is_tried_five_times_at_most", condition=models.Q(tries__lte=5)
            ),
        ]

    def __str__(self) -> str:
        return f"login code {self.pk}"
