"""Stored messages, causes and jobs: their form in the journal stays, and those of earlier releases are read."""

import json
from datetime import UTC, datetime
from typing import Any

from msgspec.structs import replace

from bot.conversation import codec
from bot.conversation.outbound import Button
from bot.conversation.stored import StoredCause, StoredLink, StoredMessage
from dialogs.kit import Event
from dialogs.messages import renewal
from dialogs.renewal.notices import NoLongerSold, RenewalSetRight, TermEnding, WayExpiring
from tests.table import table
from values.order import Bill
from values.renewal import Outlook
from values.term import A_YEAR

LINKS = (
    StoredLink("payment", "p1", "transfer", "2026/7"),
    StoredLink("document", "terms", name="Regulamin", words="ab12"),
    StoredLink("login", "panel"),
)
STORED = (
    '{"text": "Cześć", "by": "Ola", "buttons": [["Tak", "yes"]], "links": ['
    '{"rel": "payment", "id": "p1", "number": "2026/7", "title": "transfer"}, '
    '{"rel": "document", "id": "terms", "name": "Regulamin", "words": "ab12"}, {"rel": "login", "id": "panel"}], '
    '"locale": "pl", "step": "order.plan", "asks_contact": true}'
)
MESSAGE = StoredMessage("Cześć", (Button("Tak", "yes"),), LINKS, "order.plan", locale="pl", asks_contact=True, by="Ola")


def test_a_messages_stored_form() -> None:
    assert json.dumps(MESSAGE.to_json(), ensure_ascii=False) == STORED
    more = replace(MESSAGE, late="l", ticked=("a",), paid=("1",), heard="h", place="9", topic="t", again=True)
    assert all(StoredMessage.from_json(json.loads(json.dumps(one.to_json()))) == one for one in (MESSAGE, more))


@table(
    ("line", "message"),
    [
        ({}, StoredMessage()),
        ({"text": "512", "step": "contact.phone", "ref": "7"}, StoredMessage("512", step="contact.phone")),
    ],
)
def test_lines_without_a_messages_other_fields(line: dict[str, str], message: StoredMessage) -> None:
    assert StoredMessage.from_json(line) == message


@table(
    ("stored", "cause"),
    [
        (
            '{"payload": "yes", "text": "Tak", "step": "a.b", "ref": "7", "moved": "a.c", "acts": ["Place"]}',
            StoredCause(payload="yes", text="Tak", step="a.b", ref="7", moved="a.c", acts=("Place",)),
        ),
        (
            '{"kind": "voice", "text": "", "step": "contact.phone", "missed": "phone", "read_as": "ask_price"}',
            StoredCause(kind="voice", text="", step="contact.phone", missed="phone", read_as="ask_price"),
        ),
        (
            '{"text": "••••", "secret": ["card"], "step": "x", "corrected": ["a.b"], "calls": ["Send"]}',
            StoredCause(text="••••", secret=("card",), step="x", corrected=("a.b",), calls=("Send",)),
        ),
        (
            '{"call": "SendSms", "key": "c:2:1", "status": "done", "dropped": true}',
            StoredCause(call="SendSms", key="c:2:1", status="done", dropped=True),
        ),
        (
            '{"act": "passed_on", "agent": "a1", "to": "a2", "by": "Ola"}',
            StoredCause(act="passed_on", agent="a1", to="a2", by="Ola"),
        ),
        ("{}", StoredCause()),
    ],
)
def test_a_causes_stored_form(stored: str, cause: StoredCause) -> None:
    assert json.dumps(cause.to_json(), ensure_ascii=False) == stored
    assert StoredCause.from_json(json.loads(stored)) == cause


END = datetime(2027, 11, 20, 12, tzinfo=UTC)
LINES, BILL = (("base", 1),), Bill((("base", 1),), A_YEAR, 900, "EUR")
ENDS = Outlook("ends", ("s1",), LINES, END)
OF_LETTER: dict[str, Any] = {"payment_id": "p1", "days": 7, "refusal": "gone", "bill": BILL}
FROM_BOOKS: dict[str, Any] = {**dict.fromkeys(("account_id", "order_id", "number"), "")}
OWED = renewal.RenewalToPay(plan="base", ends_at=END, again=False, label="Visa", **OF_LETTER, **FROM_BOOKS)


@table(
    ("kind", "fields", "notice"),
    [
        ("NoLongerSold", {"lines": LINES, "plans": [], "whole": False}, NoLongerSold(END, LINES, (), False)),
        ("TermEnding", {"days": 7, "lines": LINES, "company": "A"}, TermEnding(END, 7, LINES, None, "A")),
        ("RenewalSetRight", {"outlook": ENDS}, RenewalSetRight(ENDS)),
        ("WayExpiring", {"way": "Visa", "last": "11/2027", "outlook": ENDS}, WayExpiring("Visa", "11/2027", ENDS)),
        ("Lapse", {"plan": "base", "grace_until": END}, renewal.SubscriptionLapsed("base", END, END)),
        ("Terms", {"documents": ["terms"], "bill": BILL}, renewal.RenewalWaits("", ("terms",), END, BILL)),
        ("Reminder", {"days": 7, "product": "kadry"}, renewal.SubscriptionEnding("kadry", None, END, 7)),
        ("ToPay", {**OF_LETTER, "product": "base", "way": "Visa"}, OWED),
        (
            "Charge",
            {"plan": "base", "way": "Visa", "gross": 900, "currency": "EUR", "charge_at": END},
            renewal.ChargeComing("base", END, END, "Visa", 900, "EUR"),
        ),
        (
            "Charge",
            {"plan": "base", "way": "Visa", "gross": 900, "currency": "EUR", "charge_at": None, "number": "T/1"},
            renewal.RenewalCharged("base", "", "", "T/1", "", "Visa", 900, "EUR", END),
        ),
    ],
)
def test_a_letter_that_waits_under_a_former_name_is_of_a_notice(kind: str, fields: Any, notice: Event) -> None:
    stored = codec.to_json({"subscription_id": "s1", "told": True, "customer_id": "c1", "ends_at": END, **fields})
    if "outlook" in fields:
        del stored["ends_at"]
    job = codec.call_from(f"Mail{kind}", stored)
    assert isinstance(job, renewal.MailNotice)
    assert (job.subscription_id, job.ends_at, job.told, job.customer_id) == ("s1", END, True, "c1")
    assert codec.event_from(job.notice, job.facts) == notice
    assert codec.event_from(job.notice, {**job.facts, "gone": "a fact that no notice has any more"}) == notice
