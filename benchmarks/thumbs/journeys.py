"""The customers of each seller: what they want, what they know of themselves, and what they type."""

import tomllib
from dataclasses import dataclass, field, replace
from pathlib import Path

from benchmarks.thumbs.report import Goal


class Stuck(Exception):
    """The journey doesn't go on."""


@dataclass(frozen=True)
class Journey:
    """What one customer wants and knows.

    `ways`: of the answers that can be pressed, the first of these is; `typed`: what is typed, by “dialog.step”, by
    “dialog.NAME” or NAME of what is expected or of a sheet's field, or by a page's field. `before` is the way to where
    the count begins, `waits_until` what the desk offers by itself before it does; then somebody may go on with a
    `new_phone`. `shows`: what the order's card has in view when it is ordered:
    prices, the renewal's consequence, the names of what is accepted.
    """

    name: str
    profile: str
    locale: str
    ways: tuple[str, ...]
    typed: dict[str, str] = field(default_factory=dict[str, str])
    quotations: tuple[str, ...] = ()
    before: tuple[str, ...] = ()
    waits_until: str = ""
    new_phone: bool = False
    shows: tuple[str, ...] = ()

    def again(self, password: str) -> "Journey":
        """The same customer on the new phone: whoever has an account gives the chat nothing that it knows."""
        known = {key: line for key, line in self.typed.items() if key.startswith("page.")}
        return replace(self, typed=known | {"page.password": password or known["page.password"]})


PASSWORD = "Zielony7Parasol!"
QUOTED: dict[str, list[str]] = tomllib.loads(Path(__file__).with_name("quotations.toml").read_text("utf-8"))
_LAST = ("pay:now", "terms_clauses:accept", "terms:accept", "clauses:accept", "confirm:yes", "auto_renewal:yes")
"""Where one press accepts both, it is the one that is offered: what is accepted already isn't pressed again."""

_AS_IN_THE_ACCOUNT = tuple(f"{slot}:same" for slot in ("holder_email", "invoice_email", "orderer_email", "phone"))
"""What the account has, where it is offered instead of being asked for."""


def _journey(
    profile: str, ways: tuple[str, ...], locale: str = "pl-PL", shows: tuple[str, ...] = (), **typed: str
) -> Journey:
    """A journey of somebody who knows what everybody does, and more."""
    common = {
        "email": "anna.nowak@example.com",
        "phone": "512000999",
        "tax_number": "1234563218",
        "person_name": "Anna Nowak",
        "page.password": PASSWORD,
        "page.blik_code": "777123",
        "page.login": "anna.nowak@example.com",
    }
    said = {key.replace("__", "."): value for key, value in typed.items()}
    return Journey(profile, profile, locale, ways, common | said, tuple(QUOTED.get(profile, ())), shows=shows)


FAKTURASMART = _journey(
    "fakturasmart",
    ("start:buy", "account:new", "consents:required", "method:blik", *_LAST, "einvoice:activate"),
    shows=("299,00", "68,77", "367,77", "kolejny rok", "regulamin", "klauzule"),
)
IN_ONE_LINE = replace(
    FAKTURASMART,
    name="fakturasmart, all data in one line",
    typed=FAKTURASMART.typed | {"account.account": "anna.nowak@example.com 512000999 1234563218"},
)
VECTRA = _journey(
    "vectra",
    ("start:sign_up", "contact_channel:sms", "einvoice:activate", "confirm:yes"),
    customer_number="10000017",
    phone="512000111",
    page__login="10000017",
)
CERTIFIED = _journey(
    "certified_platform",
    (
        *("start:buy", "addons:none", "account:new", "legal_form:company", "consents:required"),
        *(*_AS_IN_THE_ACCOUNT, "pec_ordinary:yes", "method:card", "card:new", "years:1", *_LAST),
    ),
    "it-IT",
    shows=("240,00", "52,80", "292,80", "un altro anno, 7 giorni prima della scadenza", "condizioni generali"),
    tax_number="12345670363",
    sdi_code="M5UXCR1",
)
KONTO_INSERT = _journey(
    "konto_insert",
    (
        *("start:sign_up", "account:new", "consents:required", "product:nexo", "confirm:yes", "statement:accept"),
        "contact_forms:email",
    ),
)
_RENEWING = ("cart:confirm", "service:subscription", *_AS_IN_THE_ACCOUNT, "method:blik", *_LAST)
R2PLATNIK = _journey(
    "r2platnik",
    ("start:log_in", "zone:renewal", *_RENEWING),
    shows=("379,00", "87,17", "466,17", "automatycznie przedłużona na kolejne 12 miesięcy", "pobierze opłatę"),
    renewal__invoice_email="faktury@bursztyn.example.com",
    renewal__email="anna.nowak@bursztyn.example.com",
    phone="512000111",
    page__login="kadry@bursztyn.example.com",
    page__password="Platnik2026!x",
)
KONTORBLATT = _journey(
    "kontorblatt",
    (
        *("start:buy", "account:new", "consents:required", "plan:team", "addons:none", "years:1", "method:card"),
        *("card:new", *_LAST),
    ),
    "de-DE",
    shows=("228,00", "43,32", "271,32", "für ein weiteres Jahr, 7 Tage vor dem Ende", "Bedingungen", "Klauseln"),
    email="anna.schmidt@example.com",
    phone="015228817386",
    tax_number="DE136695976",
    person_name="Anna Schmidt",
    company_name="Bäckerei Morgenrot GmbH",
    street="Lindenstraße 12",
    postal_code="80331",
    city="München",
)
STARTER = _journey(
    "starter",
    ("start:buy", "account:new", "method:blik", *_LAST, "einvoice:activate"),
    shows=("100,00", "23,00", "123,00", "kolejny rok", "Regulamin", "Klauzule"),
)
"""Of the profile that `okienko new` writes: the letter waits for the payment, BLIK's code is typed in the chat."""
SECOND_ORDER = replace(
    FAKTURASMART, name="fakturasmart, second order", before=FAKTURASMART.ways, ways=("start:buy", *_LAST)
)
NEW_PHONE = replace(
    SECOND_ORDER,
    name="fakturasmart, second order on a new phone",
    new_phone=True,
    ways=("start:buy", "account:existing", *_LAST),
)
"""Of somebody whom the browser doesn't know: the password comes first."""
FIRST_RENEWAL = replace(
    R2PLATNIK,
    name="r2platnik, first renewal from the reminder",
    before=("start:log_in",),
    waits_until="renew:now",
    ways=("renew:now", *_RENEWING),
)
"""Of somebody who has logged in, and never ordered here: the invoice's data and the orderer are asked for."""
RENEWAL = replace(
    R2PLATNIK,
    name="r2platnik, renewal from the reminder",
    before=(*["program:r2platnik"] * 2, "program:r2faktury", *R2PLATNIK.ways),
    waits_until="renew:now",
    ways=("renew:now", *_LAST),
)
"""Of somebody who ordered for another program before, so that the desk knows who orders, and nothing has changed.

The program that ends was taken out of that cart; the desk asks for a second press. It is reminded of within the days
for which the log-in lasts: a year later the password comes first, and what was ordered here renews by itself.
"""

JOURNEYS = (
    *(FAKTURASMART, IN_ONE_LINE, VECTRA, CERTIFIED, KONTO_INSERT, R2PLATNIK, KONTORBLATT, STARTER),
    *(SECOND_ORDER, NEW_PHONE, FIRST_RENEWAL, RENEWAL),
)
TELEGRAM = tuple(
    replace(IN_ONE_LINE, name=f"fakturasmart on Telegram, {locale}", locale=locale, shows=shows)
    for locale, shows in (("pl", IN_ONE_LINE.shows), ("it", ()), ("en", ()))
)
"""Played by benchmarks/thumbs/telegram.py, where three data are one message."""
GOALS = {
    FAKTURASMART.name: Goal({"hand_taps": 15, "keys": 75, "messages": 6, "words": 190, "skim_s": 110}),
    IN_ONE_LINE.name: Goal({}),
    STARTER.name: Goal({"skim_s": 85}),
    SECOND_ORDER.name: Goal({"taps": 5, "fields": 0, "skim_s": 30}),
    NEW_PHONE.name: Goal({"skim_s": 55}),
    FIRST_RENEWAL.name: Goal({"skim_s": 55}),
    RENEWAL.name: Goal({"taps": 6, "fields": 0}),
    TELEGRAM[0].name: Goal({"skim_s": 125}),
}
"""What is to be reached; any other journey is to lose 30 % of its taps by hand and of its seconds, skimmed."""
