"""The customers of each seller: what they want, what they know of themselves, and what they type."""

import tomllib
from dataclasses import dataclass, field, replace
from pathlib import Path

from benchmarks.thumbs.report import Goal


@dataclass(frozen=True)
class Journey:
    """What one customer wants and knows.

    `ways`: of the answers that can be pressed, the first of these is; `typed`: what is typed, by “dialog.step”, by what
    is expected or by a page's field. `before` is the way to where the count begins, `waits_until` what the desk offers
    by itself before it does.
    """

    name: str
    profile: str
    locale: str
    ways: tuple[str, ...]
    typed: dict[str, str] = field(default_factory=dict[str, str])
    quotations: tuple[str, ...] = ()
    before: tuple[str, ...] = ()
    waits_until: str = ""


PASSWORD = "Zielony7Parasol!"
_QUOTED: dict[str, list[str]] = tomllib.loads(Path(__file__).with_name("quotations.toml").read_text("utf-8"))
_LAST = ("pay:now", "terms:accept", "clauses:accept", "confirm:yes", "auto_renewal:yes")
_ORDERER = {
    "renewal.invoice_email": "faktury@bursztyn.example.com",
    "renewal.person_name": "Anna Nowak, 512000111, anna.nowak@bursztyn.example.com",
}


def _journey(profile: str, ways: tuple[str, ...], locale: str = "pl-PL", **typed: str) -> Journey:
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
    return Journey(profile, profile, locale, ways, common | said, tuple(_QUOTED.get(profile, ())))


FAKTURASMART = _journey(
    "fakturasmart",
    ("start:buy", "consents:required", "method:blik", *_LAST, "einvoice:activate"),
    account__account="anna.nowak@example.com 512000999 1234563218",
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
        *("start:buy", "addons:none", "legal_form:company", "consents:required", "pec_ordinary:yes"),
        *("method:card", "card:new", "years:1", *_LAST),
    ),
    "it-IT",
    account__account="anna.nowak@example.com 12345670363 sdi M5UXCR1",
    tax_number="12345670363",
    sdi_code="M5UXCR1",
    company__holder_email="ufficio@lucani.example",
)
KONTO_INSERT = _journey(
    "konto_insert",
    (
        *("start:sign_up", "account:new", "consents:required", "product:nexo", "confirm:yes", "statement:accept"),
        "contact_forms:email",
    ),
)
R2PLATNIK = _journey(
    "r2platnik",
    ("start:log_in", "zone:renewal", "cart:confirm", "service:subscription", "method:blik", *_LAST),
    page__login="kadry@bursztyn.example.com",
    page__password="Platnik2026!x",
    **{key.replace(".", "__"): value for key, value in _ORDERER.items()},
)
KONTORBLATT = _journey(
    "kontorblatt",
    (
        *("start:buy", "consents:required", "plan:team", "addons:none", "years:1", "method:card"),
        *("card:new", *_LAST),
    ),
    "de-DE",
    account__account="anna.schmidt@example.com 015228817386 DE136695976",
    person_name="Anna Schmidt",
    company_name="Bäckerei Morgenrot GmbH",
    street="Lindenstraße 12",
    postal_code="80331",
    city="München",
)
SECOND_ORDER = replace(
    FAKTURASMART,
    name="fakturasmart, second order",
    before=FAKTURASMART.ways,
    ways=("start:buy", *_LAST),
)
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

JOURNEYS = (FAKTURASMART, VECTRA, CERTIFIED, KONTO_INSERT, R2PLATNIK, KONTORBLATT, SECOND_ORDER, RENEWAL)
GOALS = {
    "fakturasmart": Goal({"taps": 22, "hand_taps": 22, "messages": 11, "chat_words": 330, "skim_s": 140}),
    "fakturasmart, second order": Goal({"taps": 5, "fields": 0}),
    "r2platnik, renewal from the reminder": Goal({"taps": 6, "fields": 0}),
}
"""What is to be reached; any other journey is to lose 30 % of its taps and of the words that aren't quoted."""
