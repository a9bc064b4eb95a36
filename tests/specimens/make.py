"""Makes the specimens of stored conversations of this release: `python -m tests.specimens.make`.

They are kept in the release's archive (`<version>.zip`). Run once, when a release is closed; those of a released
version are never made anew, for they stand for what lies in sellers' databases.
"""

import json
import tomllib
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import msgspec

from dialogs.kit import Corrected, Said
from dialogs.messages.account import LogInHeld, PasswordSet
from dialogs.messages.handoff import AgentLeft, AgentTook
from dialogs.messages.renewal import RenewalWaits, SubscriptionLapsed
from dialogs.versions import dump
from tests.dialogs import driver
from tests.dialogs.test_ordering_again import holder, over, renewal_placed, told, waiting
from tests.dialogs.test_own_questions import at_card
from tests.dialogs.test_voice import NOTE, heard, listening
from tests.specimens.archives import archive, keep_conversations
from values.meaning import Answer, Empty, Expects, Fact
from values.order import Bill
from values.term import A_YEAR

ROOT = Path(__file__).parents[2]

Stage = Callable[[], driver.Driver]

STAGES: dict[str, Stage] = {
    "greeted": lambda: driver.Driver().command("help"),
    "entry-chosen": lambda: driver.Driver().press("start:buy"),
    "email-given": lambda: driver.Driver().press("start:sign_up").write("jan@example.com"),
    "password-set": lambda: (
        driver.Driver()
        .press("start:sign_up")
        .write("jan@example.com")
        .happen(PasswordSet("page-set_password", "credential-1"))
    ),
    "one-consent-ticked": lambda: (
        driver.Driver()
        .press("start:sign_up")
        .write("jan@example.com")
        .happen(PasswordSet("page-set_password", "credential-1"))
        .press("consents:toggle:marketing")
    ),
    "logging-in": lambda: driver.Driver().press("start:log_in"),
    "password-forgotten": lambda: driver.Driver().press("start:forgot_password").write("jan@example.com"),
    "signed-up": driver.signed_up,
    "recording-untold": lambda: driver.signed_up().happen(Said(NOTE)),
    "number-said-back": lambda: heard(listening(driver.signed_up()), Answer("512 000 999"), "…"),
    "code-awaited": lambda: driver.signed_up().write("512 000 999"),
    "code-wrong": lambda: driver.signed_up().write("512 000 999", "000000"),
    "phone-without-codes": lambda: driver.signed_up().write("+41 79 123 45 67"),
    "contact-proven": driver.contact_proven,
    "company-found": lambda: driver.contact_proven().write("1234563218"),
    "company-edited": lambda: driver.contact_proven().write("1234563218").press("confirm:edit"),
    "street-asked-again": lambda: driver.contact_proven().write("1234563218").press("confirm:edit", "edit:street"),
    "discount-given": lambda: driver.contact_proven().correct("discount_code", "START20"),
    "own-answers-given": lambda: at_card().press("branch:south"),
    "card-begun": lambda: (
        driver.contact_proven().write("1234563218").press("confirm:yes").press("method:blik", "clauses:accept")
    ),
    "email-awaited": driver.at_the_link,
    "ready-to-order": driver.card_filled,
    "ordered": driver.ordered,
    "paid": driver.paid,
    "active": lambda: driver.paid().press("einvoice:activate"),
    "einvoice-put-off": lambda: driver.paid().press("einvoice:later"),
    "renewal-open-in-the-zone": lambda: driver.paid().press("einvoice:activate", "zone:renewal"),
    "waiting-for-a-person": lambda: driver.contact_proven().command("agent"),
    "value-offered": lambda: driver.contact_proven().happen(
        Said(Empty(), not_given=(Fact(Expects.tax_number, "1234563218", others=True),))
    ),
    "address-proposed": lambda: (
        driver.contact_proven()
        .happen(AgentTook("agent-1", "Anna"))
        .happen(Corrected("account.email", "anna@example.com"))
        .happen(AgentLeft())
    ),
    "digits-awaited": lambda: (
        driver.Driver().press("start:log_in").happen(LogInHeld("page-log_in", "held-1", driver.NOW))
    ),
    "log-in-too-old": lambda: driver.contact_proven().silent(timedelta(days=30)).write("1234563218"),
    "back-after-a-silence": lambda: (
        driver.paid().press("einvoice:later").silent(timedelta(minutes=30)).press("zone:my_data")
    ),
    "in-italian": lambda: driver.Driver().press("start:buy").command("lang", "it"),
    "reminded": lambda: driver.contact_proven().timer("silence"),
    "closed": lambda: driver.contact_proven().timer("silence").timer("silence"),
    "term-over": lambda: told(driver.activated(), over()).hear(SubscriptionLapsed("standard", driver.NOW, None)),
    "ordering-again": lambda: told(driver.activated(), holder()).press("start:buy"),
    "another-order-unpaid": lambda: told(driver.activated(), waiting()).press("start:buy"),
    "renewal-to-pay": lambda: driver.activated().hear(renewal_placed("account-1")),
    "renewal-unpaid-while-ordering-again": lambda: (
        told(driver.activated(), holder()).press("start:buy").hear(renewal_placed("account-1"))
    ),
    "terms-to-accept": lambda: driver.activated().hear(
        RenewalWaits("account-1", ("terms",), driver.NOW, Bill((("standard", 1),), A_YEAR, 36777, "PLN"))
    ),
}


def version() -> str:
    """The release that is being worked on."""
    return tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]


def specimens() -> Iterator[tuple[str, str]]:
    """Name and content of each specimen as this release stores it."""
    for name, stage in STAGES.items():
        customer = stage()
        books = msgspec.to_builtins(customer.books)
        content = {"at": customer.at, "stored": dump(customer.case), "books": books}
        yield name, json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def main() -> None:
    """Writes them into the archive of this release."""
    keep_conversations(archive(version()), dict(specimens()))


if __name__ == "__main__":
    main()
