"""The demo's accounts and specimen applications, made by the product's own acts."""

from kyc.accounts.demo import make_demo_accounts


def seed() -> None:
    """Make what is missing; what was sent once is not sent again."""
    make_demo_accounts()
