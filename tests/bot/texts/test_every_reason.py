"""Every reason that a service gives has words in every sentence that names one, for each seller and language.

Sentences and reasons are found in the code: a sentence is a key built from a field of an event, a reason is what the
event is made with. Where that is no constant, `GIVEN` says of what it may be; a new one has to be entered there.
"""

import ast
import re
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages
from typing import get_args

import pytest
from msgspec import Struct
from msgspec.structs import fields

from bot.profile.load import load
from bot.profile.profile import Profile
from dialogs import messages
from services.contacts import code_quotas
from services.orders.withdrawals import Decision
from services.payments.transfers import Reason
from tests.architecture.rooms import ROOT, sources, tree
from tests.bot.texts.test_every_key import BACK, CODE_ENDS, PROFILES, called, methods
from values.account_view import EInvoiceStatus
from values.offer import Spent

MAKING = ("bot/usecases", "bot/handlers", "services")
CODE = re.compile(r"[a-z]+(?:_[a-z]+)*")


def raised(client: str) -> frozenset[str]:
    """Reasons for which a service's client refuses: the constants of its refusals and of what makes them."""
    calls = (n for n in ast.walk(tree(ROOT / client)) if isinstance(n, ast.Call))
    refusals = [call for call in calls if called(call.func) in ("ProviderRefused", "_of_letter")]
    said = (part.value for call in refusals for arg in call.args for part in _values(arg))
    return frozenset(str(value) for value in said if CODE.fullmatch(str(value)))


def _values(arg: ast.expr) -> Iterator[ast.Constant]:
    """Yield what an expression may come to, the sides of a condition without the condition."""
    if isinstance(arg, ast.IfExp):
        yield from (*_values(arg.body), *_values(arg.orelse))
    elif isinstance(arg, ast.Constant):
        yield arg


LETTERS = raised("services/messaging/smtp.py")
TEXTS = raised("services/messaging/smsapi.py")
REPRICED = ("repriced", "unsold", "discount_expired", *(f"discount_{why}" for why in get_args(Spent)))
GIVEN: dict[tuple[str, str], frozenset[str]] = {
    ("AccountErased", "by"): frozenset({"here", "elsewhere", "seller"}),
    ("CodeLimited", "issued.reason"): frozenset(get_args(code_quotas.Reason)),
    ("CodeNotSent", "error.reason"): TEXTS,
    ("DigitsRefused", "'over' if right is None else 'wrong'"): frozenset({"over", "wrong"}),
    ("DiscountSpent", "why"): frozenset(get_args(Spent)),
    ("EInvoiceRefused", "switched.reason"): frozenset({"no_company", "not_paid"}),
    ("EInvoiceSwitched", "known.status"): frozenset(get_args(EInvoiceStatus)),
    ("EInvoiceSwitched", "off.status"): frozenset(get_args(EInvoiceStatus)),
    ("EInvoiceSwitched", "switched.einvoice.status"): frozenset(get_args(EInvoiceStatus)),
    ("LapsedOrderChanged", "why"): frozenset(REPRICED),
    ("MoneyBack", "kind"): frozenset(BACK),
    ("NoteFailed", "reason"): LETTERS,
    ("NumberRefused", "outcome"): frozenset({"unknown", "registered", "no_contact"}),
    ("PaymentChecked", "refusal"): frozenset(CODE_ENDS),
    ("OrderRefused", "'discount_expired' if judged == 'expired' else 'price_changed'"): frozenset(
        {"discount_expired", "price_changed"}
    ),
    ("OrderRefused", "f'discount_{why}'"): frozenset(f"discount_{why}" for why in get_args(Spent)),
    ("TransferNotBooked", "kept.reason"): frozenset(get_args(Reason)) - {"booked_before"},
    ("WithdrawalKept", "kept.decision"): frozenset(get_args(Decision)),
}
"""What an event may be made with where the code holds no constant, by the expression."""
HANDED = {"LetterFailed": LETTERS}
"""What an event is made with by whom it is handed to as a class."""
APART = frozenset(
    {
        ("contact.code_{}", "too_many_today"),
        ("contact.letter_code.{}", "too_many_today"),
        ("withdrawal.before.{}", "refused"),
    }
)
"""Reasons that have sentences of their own there."""


@cache
def events() -> dict[str, type[Struct]]:
    rooms = [*walk_packages(messages.__path__, "dialogs.messages."), *walk_packages(["dialogs"], "dialogs.")]
    known = (vars(import_module(room.name)) for room in rooms)
    return {name: one for names in known for name, one in names.items() if _is_event(one)}


def _is_event(one: object) -> bool:
    return isinstance(one, type) and issubclass(one, Struct)


@cache
def sentences() -> frozenset[tuple[str, str, str]]:
    """Keys that a reaction builds from a field of its event, with the event and the field."""
    nodes = (node for path in sources("dialogs") for node in ast.walk(tree(path)))
    return frozenset(key for node in nodes if isinstance(node, ast.FunctionDef) for key in _built(node))


def _built(reaction: ast.FunctionDef) -> Iterator[tuple[str, str, str]]:
    told = {arg.arg: ast.unparse(arg.annotation) for arg in reaction.args.args if arg.annotation}
    calls = (node for node in ast.walk(reaction) if isinstance(node, ast.Call) and node.args)
    for key in (call.args[0] for call in calls if called(call.func) in ("Say", "Word")):
        parts = key.values if isinstance(key, ast.JoinedStr) else []
        pattern = "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in parts)
        for field in (part.value for part in parts if isinstance(part, ast.FormattedValue)):
            if isinstance(field, ast.Attribute) and (event := told.get(ast.unparse(field.value), "")) in events():
                yield pattern, event, field.attr


@cache
def made() -> dict[str, list[ast.Call]]:
    """Places where the house makes these events."""
    named = {event for _pattern, event, _field in sentences()}
    found: dict[str, list[ast.Call]] = {event: [] for event in named}
    for node in (node for path in sources(*MAKING) for node in ast.walk(tree(path))):
        if isinstance(node, ast.Call) and (event := called(node.func)) in named:
            found[event].append(node)
    return found


def reasons(event: str, field: str) -> Iterator[tuple[str, frozenset[str]]]:
    """What the event is made with in the house, each with the expression; empty for one that isn't known."""
    at = [one.name for one in fields(events()[event])].index(field)
    for call in made()[event]:
        named = {one.arg: one.value for one in call.keywords}
        given = named.get(field) or (call.args[at] if len(call.args) > at else None)
        if isinstance(given, ast.Constant):
            yield f"{given.value}", frozenset({str(given.value)})
        elif given is not None:
            yield ast.unparse(given), GIVEN.get((event, ast.unparse(given)), frozenset())
    yield event, HANDED.get(event, frozenset())


def wanted(profile: Profile) -> set[str]:
    """Keys of all sentences with all reasons, for what the profile sells."""
    found: set[str] = set()
    for pattern, event, field in sentences():
        if event != "DefaultMethodSet":
            given = {value for _expression, values in reasons(event, field) for value in values}
            found |= {pattern.format(value) for value in given if (pattern, value) not in APART}
    return found | {f"option.method.{method}" for method in methods(profile)}


def test_it_is_known_what_every_event_may_tell_that_a_sentence_names() -> None:
    found = {(event, field) for _pattern, event, field in sentences()} - {("DefaultMethodSet", "method")}
    unknown = {
        f"{event}: {expression}"
        for event, field in found
        for expression, values in reasons(event, field)
        if not values and expression != event
    }
    assert len(found) > 12
    assert not unknown, "enter it in GIVEN"
    assert {"recipient_refused", "message_refused"} <= LETTERS
    assert "number_refused" in TEXTS


@pytest.mark.parametrize("folder", PROFILES, ids=lambda folder: folder.name)
def test_every_reason_has_words_in_every_sentence_that_names_one(folder: Path) -> None:
    profile = load(folder)
    every = wanted(profile)
    for locale in profile.seller.locales:
        assert not (every - set(profile.catalogue.texts[locale])), f"add them to the dialog's file in texts/{locale}/"
