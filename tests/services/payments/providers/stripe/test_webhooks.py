"""Stripe's notices: whose they are, how old, of which mode, and what they tell."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.errors import Forged, Unreadable
from services.payments.providers.base import Notice
from services.payments.providers.stripe import webhooks
from tests.services.outside import JSON
from tests.table import table

SECRET = "whsec_test"
BODY = b'{"id":"evt_1"}'
THEN = datetime.fromtimestamp(1_700_000_000, UTC)
SIGNATURE = "c89214b5b5da833daed6f0b8c5bb6bd58cea9022bd80ccc78230f3942d632925"
REF = "a1b2c3-2"
SESSION = {"id": "cs_1", "object": "checkout.session", "client_reference_id": REF, "amount_total": 24000}
INTENT = {"id": "pi_1", "object": "payment_intent", "metadata": {"payment_ref": REF}, "amount": 24000}
CHARGE = {"id": "ch_1", "object": "charge", "payment_intent": "pi_1", "metadata": {"payment_ref": REF}}
MANDATE = {"id": "mandate_1", "object": "mandate", "payment_method": "pm_1"}
REFUND = {"id": "re_1", "object": "refund", "payment_intent": "pi_1", "metadata": {"payment_ref": REF}}


def prove(header: str, *, body: bytes = BODY, secret: str = SECRET, after_s: int = 0) -> None:
    webhooks.prove({"Stripe-Signature": header}, body, secret=secret, now=THEN + timedelta(seconds=after_s))


def read(event: str, subject: dict[str, Any], *, live: bool = False, livemode: bool = False) -> Notice:
    body = {"id": "evt_1", "type": event, "livemode": livemode, "data": {"object": subject}}
    return webhooks.read_notice(json.dumps(body).encode(), live=live)


def test_the_published_rule_gives_the_published_signature() -> None:
    assert webhooks.sign(1_700_000_000, BODY, SECRET) == SIGNATURE


@table(
    "header",
    [
        f"t=1700000000,v1={SIGNATURE}",
        f"t=1700000000,v1={'0' * 64},v1={SIGNATURE},v0=noise",
        f"v1={SIGNATURE}, t=1700000000",
    ],
)
@table("after_s", [-300, 0, 300])
def test_one_right_signature_is_enough_while_it_is_fresh(header: str, after_s: int) -> None:
    prove(header, after_s=after_s)


@table("after_s", [-301, 301, 86_400])
def test_an_old_notice_and_one_from_the_future_are_refused(after_s: int) -> None:
    with pytest.raises(Forged):
        prove(f"t=1700000000,v1={SIGNATURE}", after_s=after_s)


@pytest.mark.parametrize(
    "header",
    [
        "",
        f"v1={SIGNATURE}",
        "t=1700000000",
        f"t=1700000000,v0={SIGNATURE}",
        f"t=1700000001,v1={SIGNATURE}",
        f"t=1700000000,t=1700000000,v1={SIGNATURE}",
        f"t=-1700000000,v1={SIGNATURE}",
        f"t=1700000000,v1={SIGNATURE.upper()}",
        f"t=1700000000,v1={SIGNATURE}ł",
        f"t=٣,v1={SIGNATURE}",
        f"t={'9' * 400},v1={SIGNATURE}",
    ],
    ids=range(11),
)
def test_any_other_header_is_refused(header: str) -> None:
    with pytest.raises(Forged):
        prove(header)


def test_other_bytes_and_other_secrets_are_refused() -> None:
    header = f"t=1700000000,v1={SIGNATURE}"
    for wrong in ({"body": b'{"id": "evt_1"}'}, {"secret": "whsec_other"}, {"secret": ""}):
        with pytest.raises(Forged):
            prove(header, **wrong)  # type: ignore[arg-type]
    unsigned = webhooks.sign(1_700_000_000, BODY, "")
    with pytest.raises(Forged):
        prove(f"t=1700000000,v1={unsigned}", secret="")


def test_a_notice_of_the_other_mode_is_refused() -> None:
    for live, livemode in ((True, False), (False, True)):
        with pytest.raises(Forged):
            read("payment_intent.succeeded", INTENT, live=live, livemode=livemode)
    assert read("payment_intent.succeeded", INTENT, live=True, livemode=True).kind == "paid"


@table("body", [b"", b"[]", b"{}", b'{"id":"evt_1"}', b"\xff", b"[" * 5000])
def test_what_has_not_the_form_of_a_notice_is_refused(body: bytes) -> None:
    with pytest.raises(Unreadable):
        webhooks.read_notice(body, live=False)


@given(st.dictionaries(st.text(), JSON), st.text().filter(lambda kind: kind not in webhooks.KINDS), st.booleans())
def test_a_proven_notice_of_another_kind_is_taken_whatever_its_shape(
    told: dict[str, Any], kind: str, live: bool
) -> None:
    bodies = [json.dumps(told | {"type": kind}).encode()]
    bodies += [json.dumps({"id": "evt_1", "livemode": False, "data": {"object": told}, "type": kind}).encode()]
    for body in bodies:
        taken = webhooks.read_notice(body, live=live)
        assert (taken.kind, "\0" in taken.dedup_key) == ("other", False)


@pytest.mark.parametrize("kind", webhooks.KINDS)
def test_a_kind_that_is_read_must_have_its_form(kind: str) -> None:
    for odd in ({"data": None}, {"data": {"object": {"id": "x", "amount": {"value": 1}}}}, {"livemode": "no"}):
        with pytest.raises(Unreadable):
            webhooks.read_notice(
                json.dumps({"id": "evt_1", "livemode": False, "type": kind} | odd).encode(), live=False
            )


@pytest.mark.parametrize(
    ("event", "subject", "kind", "reference"),
    [
        ("checkout.session.completed", {**SESSION, "payment_status": "paid"}, "paid", "cs_1"),
        ("checkout.session.completed", {**SESSION, "payment_status": "unpaid"}, "other", "cs_1"),
        ("checkout.session.async_payment_succeeded", {**SESSION, "payment_status": "paid"}, "paid", "cs_1"),
        ("checkout.session.async_payment_failed", {**SESSION, "payment_status": "unpaid"}, "failed", "cs_1"),
        ("checkout.session.expired", SESSION, "other", "cs_1"),
        ("payment_intent.succeeded", INTENT, "paid", "pi_1"),
        ("payment_intent.payment_failed", INTENT, "failed", "pi_1"),
        ("charge.refunded", CHARGE, "refunded", "pi_1"),
        ("refund.updated", {**REFUND, "status": "succeeded"}, "settling", "pi_1"),
        ("refund.updated", {**REFUND, "status": "pending"}, "settling", "pi_1"),
        ("refund.failed", {**REFUND, "status": "failed"}, "settling", "pi_1"),
        ("charge.dispute.created", {"id": "dp_1", "object": "dispute", "payment_intent": "pi_1"}, "disputed", "pi_1"),
        ("payment_method.detached", {"id": "pm_1", "object": "payment_method"}, "detached", "pm_1"),
        ("mandate.updated", {**MANDATE, "status": "inactive"}, "detached", "pm_1"),
        ("mandate.updated", {**MANDATE, "status": "active"}, "other", "mandate_1"),
        ("setup_intent.succeeded", {"id": "seti_1", "object": "setup_intent"}, "other", "seti_1"),
        ("something.new", INTENT, "other", "pi_1"),
        ("payment_intent.succeeded", {**INTENT, "metadata": {}}, "other", "pi_1"),
    ],
    ids=range(18),
)
def test_each_event_has_its_meaning(event: str, subject: dict[str, Any], kind: str, reference: str) -> None:
    notice = read(event, {"currency": "eur", **subject})
    assert (notice.kind, notice.provider_ref, notice.dedup_key, notice.currency) == (kind, reference, "evt_1", "EUR")
    assert json.loads(json.dumps(dict(notice.facts)))["event_type"] == event


def test_a_notice_names_the_attempt_and_what_to_read() -> None:
    done = {**SESSION, "payment_status": "paid", "currency": "eur"}
    notice = read("checkout.session.completed", {**done, "payment_intent": "pi_1"})
    assert (notice.payment_ref, notice.amount) == (REF, 24000)
    assert (notice.facts["session_id"], notice.facts["intent_id"]) == ("cs_1", "pi_1")
    assert read("checkout.session.completed", {**done, "payment_intent": {"id": "pi_1"}}).facts["intent_id"] is None
