"""A case with one doubtful field, and rui signed in to look at it."""

from collections.abc import Iterator

import pytest
from django.urls import reverse

from tests import factories
from tests.review import case_form


@pytest.fixture(scope="session", autouse=True)
def _orm_beside_playwright() -> Iterator[None]:
    """Playwright keeps a loop in this thread; the tests ask the database between its steps."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        yield


@pytest.fixture
def case(ana):
    """Everything is sure but the birth date."""
    return factories.case(ana, birth_date=0.86)


@pytest.fixture
def clean(ana):
    """Nothing is open."""
    return factories.case(ana)


@pytest.fixture
def url(case):
    return reverse("review:case", args=[case.reference])


@pytest.fixture
def as_rui(client, rui):
    client.force_login(rui)
    return client


@pytest.fixture
def form(as_rui, url):
    """What the page's form holds when rui opens it."""
    return case_form.read(as_rui.get(url))


@pytest.fixture
def confirmed(form):
    """The form with its one open field answered."""
    return case_form.answered(form, front_birth_date="confirmed")
