"""The readable form of a person's data: every field has its word, nothing in it is executable."""

import json
from datetime import UTC, datetime
from typing import Any, Literal, get_args

from bot.usecases.privacy import own_file
from bot.web.page_texts import LOCALES, words
from bot.web.pages import Pages
from dialogs.messages import handoff
from services.companies import companies
from services.contacts import contacts
from services.directory import directory
from services.payments import charges, record
from services.privacy import export, sections
from services.seller.seller_events import MEANINGS
from services.store.tables import core, support
from services.subscriptions import reminders, subscription_record
from tests.table import table
from tests.web.house import House
from values import account_view

EVIL = '<script>alert(1)</script><img src=x onerror="alert(2)">'
CARD = {"title": "Zamówienie", "rows": [{"label": "Numer", "value": "FS/1"}], "total": "Razem 367,77 zł", "state": None}
FOUND: dict[str, Any] = {
    "format": export.FORMAT,
    "made_at": "2026-11-20T09:00:00Z",
    "seller": "FakturaSmart",
    "account": {"id": "a1", "email": EVIL, "status": "active", "legal_form": None, "locale": "it"},
    "orders": [
        {
            "number": "FS/1",
            "gross": 36777,
            "currency": "PLN",
            "auto_renewal": True,
            "method": "transfer",
            "country": "PL",
            "billing": {"name": EVIL, "city": "Gdańsk"},
            "items": [{"id": "standard", "quantity": 2, "term": "P3M", "trial": 14}],
            "placed_at": "2026-11-20T09:00:00Z",
        }
    ],
    "methods": [{"id": "m1", "method": "card", "label": "Visa …4242", "expires_on": "2029-08-31"}],
    "tickets": [{"number": "T/1", "subject": "nobody knows"}],
    "told_to_seller": [{"id": "e1", "type": "payment.paid", "at": "2026-11-20T09:00:00Z"}],
    "conversations": [
        {
            "id": "c1",
            "channel": "web",
            "messages": [
                {"at": "2026-11-20T09:00:00Z", "from": "customer", "text": EVIL, "button": None},
                {"at": "2026-11-20T09:00:01Z", "from": "bot", "text": "Zgadza się?", "button": None, "card": CARD},
            ],
            "people_asked_for": [{"reason": "asked", "email": EVIL, "asked_at": "2026-11-20T09:00:00Z"}],
        }
    ],
}


def page(locale: str = "pl") -> str:
    return own_file.as_page(FOUND, Pages(House().site), locale)


def test_nothing_in_it_can_run() -> None:
    shown = page()

    assert "<script" not in shown
    assert "<img" not in shown
    assert shown.count("&lt;script&gt;") == 4
    assert "Zamówienie\nNumer: FS/1\nRazem 367,77 zł\n\nZgadza się?" in shown
    assert "default-src &#39;none&#39;" in shown or "default-src 'none'" in shown


def test_it_reads_as_the_language_writes() -> None:
    assert "367,77" in page("pl")
    assert "20 listopada 2026" in page("pl")
    assert ">31 sierpnia 2029<" in page("pl")
    assert "20 novembre 2026" in page("it")
    assert "November" in page("en")
    assert all(word in page("it") for word in ("Gdańsk", ">3 mesi<", "Prova gratuita", ">14 giorni<"))


@table("locale", LOCALES)
def test_it_says_that_the_words_of_a_consent_were_not_kept(locale: str) -> None:
    decided = {"id": "terms", "version": "2026-09", "given": True, "text_sha256": "0" * 64}
    pages = Pages(House().site)
    kept, not_kept = (
        own_file.as_page({**FOUND, "consents": [{**decided, "words": said}]}, pages, locale) for said in (EVIL, None)
    )
    said = words(locale)("own.words_not_kept")
    assert said in not_kept
    assert said not in kept


@table("locale", LOCALES)
def test_every_list_and_field_has_a_word(locale: str) -> None:
    known = words(locale).keys()
    fields = {name for section in sections.SECTIONS for name in sections.fields(section.table)}
    fields |= {*sections.fields(core.conversation), *sections.fields(support.handoff), "address"} - {
        "billing",
        "items",
        "about",
    }
    nested = {"billing", "items", "about", "answers"}
    missing = [name for name in fields - own_file.MARKS - nested if f"own_field.{name}" not in known]
    assert missing == [], f"label.NAME in bot/texts/{locale}/, or own_field.NAME in bot/web/texts/{locale}.toml"
    assert [s.name for s in sections.SECTIONS if f"own_part.{s.name}" not in known] == []


CODES: dict[str, tuple[object, ...]] = {
    "status": (
        account_view.AccountStatus,
        account_view.OrderStatus,
        account_view.PaymentStatus,
        subscription_record.Status,
        account_view.EInvoiceStatus,
        record.AttemptStatus,
    ),
    "check": (companies.Check,),
    "source": (companies.Source,),
    "kind": (reminders.Kind, contacts.Kind),
    "legal_form": (directory.LegalForm,),
    "refusal": (charges.Refusal,),
    "reason": (Literal[*handoff.REASONS],),
    "type": (Literal[*MEANINGS],),
}


@table("locale", LOCALES)
def test_every_state_and_kind_has_a_word(locale: str) -> None:
    codes = {(name, code) for name, kinds in CODES.items() for kind in kinds for code in get_args(kind)}
    known = words(locale)
    assert [both for both in codes if not known.has(f"own_value.{both[0]}_{both[1].replace('.', '_')}")] == []


def test_no_bare_code_is_shown_and_the_json_keeps_them() -> None:
    shown = page("pl")
    assert all(word in shown for word in ("działa", "Polska", "włoski", "przelew", "czat na stronie", "zapłacono"))
    assert all(f">{code}<" not in shown for code in ("active", "PL", "it", "transfer", "web", "asked", "payment.paid"))
    assert ">nobody knows<" in shown, "what isn't a code stays as it is"
    kept = json.loads(own_file.content(FOUND, own_file.JSON, Pages(House().site), "pl"))
    assert (kept["account"]["status"], kept["told_to_seller"][0]["type"]) == ("active", "payment.paid")


def test_the_file_s_name_says_nothing_of_the_person() -> None:
    found = own_file.name_of("fakturasmart", datetime(2026, 11, 20, tzinfo=UTC), "json")
    assert found == "okienko-fakturasmart-2026-11-20.json"


@table(
    ("locale", "kind", "read"),
    [("pl", "voice", "[głosówka]"), ("it", "venue", "[posizione]"), ("en", "dice", "[something")],
)
def test_what_was_no_text_stands_there_by_its_kind(locale: str, kind: str, read: str) -> None:
    line = {"at": "2026-11-20T09:00:00Z", "from": "customer", "text": "", "button": None, "kind": kind}
    (talk,) = FOUND["conversations"]
    shown = own_file.as_page({**FOUND, "conversations": [{**talk, "messages": [line]}]}, Pages(House().site), locale)
    assert read in shown
