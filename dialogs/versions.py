"""Stored states: today's form, and the upgrades from every earlier release's.

A stored case is `{"v": VERSION, …slots…}`. When a release changes slots so that yesterday's would be misread, it raises
VERSION and adds one function to LADDER. A new optional slot needs no rung: an absent slot isn't known yet, and one
unknown to this release is dropped.
"""

from collections.abc import Callable, Mapping
from typing import Any, cast

import msgspec

from dialogs.state import ConversationState

VERSION = 8
Stored = dict[str, Any]
# Before there are threads: msgspec learns a struct's fields when it first reads one, and a second thread that reads one
# meanwhile ends the process with a segmentation fault.
msgspec.convert({}, ConversationState)


class LaterRelease(ValueError):
    """A stored state that a later release changed last: only that one, or one after it, can read it."""


def _one_code(stored: Stored) -> Stored:
    """Join the two slots in which 0.1.0 kept a code: its id and when it was sent.

    When the number was proven is dropped: the account's own record has it.
    """
    contact = stored.get("contact")
    if not isinstance(contact, Mapping):
        return stored
    slots = {str(name): value for name, value in cast("Mapping[str, Any]", contact).items()}
    challenge, sent_at = slots.pop("challenge", None), slots.pop("sent_at", None)
    slots.pop("phone_proven_at", None)
    code = {} if challenge is None else {"code": {"challenge": challenge, "sent_at": sent_at}}
    return {**stored, "contact": {**slots, **code}}


# Slots that 0.4.0 kept side by side, by the group that holds them now: those it can't be without, and the others.
_GROUPS = {
    "order": ("placed", ("id", "number"), ("items",)),
    "account": ("login", ("id",), ("inside", "since", "idle")),
}
# A step of 0.16.0's company dialog.
_FORMS = "contact_forms"
# Slots that held "yes" or nothing.
_FLAGS = {"on_file": "found", "lost_password": "sent", "contact": "letter_sent"}


def _grouped(stored: Stored) -> Stored:
    """Group slots that 0.4.0 kept apart, also in states put aside for later."""
    return {dialog: _regrouped(dialog, slots) for dialog, slots in stored.items()}


def _regrouped(dialog: str, known: object) -> object:
    if not isinstance(known, Mapping):
        return known
    slots = {str(name): value for name, value in cast("Mapping[str, Any]", known).items()}
    if dialog in _GROUPS:
        group, needed, more = _GROUPS[dialog]
        members = {name: slots.pop(name) for name in (*needed, *more) if name in slots}
        if all(members.get(name) is not None for name in needed):
            slots[group] = members
    flag = _FLAGS.get(dialog)
    if flag in slots:
        slots[flag] = slots[flag] is not None
    if "behind" in slots:
        slots["behind"] = _regrouped(dialog, slots["behind"])
    if dialog == "own_data" and isinstance(slots.get("left"), Mapping):
        slots["left"] = _grouped(slots["left"])
    return slots


def _one_card(stored: Stored) -> Stored:
    """Put what 0.5.0's summary showed on the order's card: the sums on which the order will be asked for.

    Where they were agreed to already, they were shown before the order's own question, which kept none.
    """
    order, talk = stored.get("order"), stored.get("talk", {})
    if not isinstance(order, Mapping) or not isinstance(talk, Mapping):
        return stored
    slots, manners = cast("Mapping[str, Any]", order), cast("Mapping[str, Any]", talk)
    shown, price = cast("Mapping[str, Any] | None", manners.get("shown")), slots.get("price")
    if shown is not None and shown.get("step") == "order.confirm":
        shown = {**shown, "step": "order.pay"}
    elif shown is None and slots.get("confirmed") is not None and isinstance(price, Mapping):
        sums = (str(cast("Mapping[str, Any]", price)[name]["minor"]) for name in ("net", "vat", "gross"))
        shown = {"step": "order.pay", "locale": manners.get("locale", "pl"), "mark": "/".join(sums)}
    return {**stored, "talk": {**manners, "shown": shown}}


def _own_question(stored: Stored) -> Stored:
    """Make 0.16.0's forms of contact the answer to a question of the seller's, also in a conversation put aside."""
    names = ("company", "own", "own_data")
    if not all(isinstance(stored.get(name, {}), Mapping) for name in names):
        return stored
    company, own, own_data = (_slots(stored, name) for name in names)
    answer, ticked = company.pop(_FORMS, None), company.pop("ticked", None)
    if answer is not None:
        own["answers"] = _slots(own, "answers") | {_FORMS: answer}
        if company.get("id") is not None:
            own["kept"] = _slots(own, "kept") | {_FORMS: company["id"]}
    if ticked is not None:
        own["ticked"] = _slots(own, "ticked") | {_FORMS: ",".join(ticked)}
    if aside := _slots(own_data, "left"):
        own_data["left"] = _own_question(aside)
    moved = {**stored, "talk": _with_path(stored.get("talk", {})), "company": company, "own": own, "own_data": own_data}
    return {name: slots for name, slots in moved.items() if slots}


def _open_order(stored: Stored) -> Stored:
    """Keep of an order that is asked about its id alone: the books have the rest. Also in a conversation put aside."""
    if not all(isinstance(stored.get(name, {}), Mapping) for name in ("purchases", "own_data")):
        return stored
    purchases, own_data = _slots(stored, "purchases"), _slots(stored, "own_data")
    order = _slots(purchases, "unpaid")
    asked: Stored = {"open": order["id"]} if "id" in order else {}
    if aside := _slots(own_data, "left"):
        own_data["left"] = _open_order(aside)
    moved: Stored = {**stored, "purchases": asked, "own_data": own_data}
    return {name: slots for name, slots in moved.items() if slots}


_OF_COMPANY = (
    *("tax_number", "name", "street", "postal_code", "city", "country", "holder_email", "pec_ordinary", "delivery"),
    *("source", "check", "vat_checked_at", "vat_check_id"),
)


def _drafted_company(stored: Stored) -> Stored:
    """Keep of a company what isn't saved yet: the books have the rest. Also in a conversation put aside."""
    if not all(isinstance(stored.get(name, {}), Mapping) for name in ("company", "own_data")):
        return stored
    company, own_data = _slots(stored, "company"), _slots(stored, "own_data")
    known = company if "id" in company else _slots(company, "kept")
    form, same = company.pop("registered_as", None), company.get("tax_number") == known.get("tax_number")
    gone = {name for name in _OF_COMPANY if same and "id" in known and company.get(name) == known.get(name)}
    said = {name: value for name, value in company.items() if name not in {*gone, "kept", "choices"}}
    if "id" in known:
        asked = [name for name in _OF_COMPANY if same and name in known and name not in company]
        said |= {"of": known["id"], "over": same, "anew": asked}
        where = {name: known.get(name) or "" for name in ("name", "street", "postal_code", "city", "country")}
        seen = {"data": where, "email": known.get("holder_email"), "delivery": known.get("delivery")}
        said |= {"seen": seen} if same and known is not company else {}
    said |= {"choosing": True} if company.get("choices") else {}
    said = {name: value for name, value in said.items() if name != "legal_form" or value != form}
    if aside := _slots(own_data, "left"):
        own_data["left"] = _drafted_company(aside)
    moved: Stored = {**stored, "company": said, "own_data": own_data}
    return {name: slots for name, slots in moved.items() if slots}


def _unkept_answers(stored: Stored) -> Stored:
    """Drop answers that are kept with the account, a company or an order. Also in a conversation put aside."""
    if not all(isinstance(stored.get(name, {}), Mapping) for name in ("own", "own_data", "account", "on_file")):
        return stored
    own, own_data, account, on_file = (_slots(stored, name) for name in ("own", "own_data", "account", "on_file"))
    found = on_file.pop("found", False) and "found"
    if told := found or on_file.pop("refused", None):
        on_file["told"] = told
    if "login" in account:
        account = {name: value for name, value in account.items() if name not in {"email", "name"}}
    kept = own.pop("kept", {})
    if "answers" in own:
        own["answers"] = {name: answer for name, answer in _slots(own, "answers").items() if name not in kept}
    if aside := _slots(own_data, "left"):
        own_data["left"] = _unkept_answers(aside)
    moved: Stored = {**stored, "own": own, "own_data": own_data, "account": account, "on_file": on_file}
    return {name: slots for name, slots in moved.items() if slots}


def _slots(stored: Stored, name: str) -> Stored:
    return dict(stored.get(name) or {})


def _with_path(known: Any) -> Any:
    """Return the manners with the step's path of today wherever the old one stands."""
    match known:
        case str():
            return f"own.{_FORMS}" if known == f"company.{_FORMS}" else known
        case Mapping():
            held = cast("Mapping[str, Any]", known)
            return {_with_path(name): _with_path(value) for name, value in held.items()}
        case list() | tuple():
            return [_with_path(value) for value in cast("list[Any]", known)]
        case _:
            return known


# From each version to the next one. A rung once released is never changed: it stands for what lies in databases.
LADDER: Mapping[int, Callable[[Stored], Stored]] = {
    1: _one_code,
    2: _grouped,
    3: _one_card,
    4: _own_question,
    5: _open_order,
    6: _drafted_company,
    7: _unkept_answers,
}


def dump(case: ConversationState) -> Stored:
    """Return the case as JSON values, without unknown slots."""
    known: dict[str, Stored] = msgspec.to_builtins(case)
    return {"v": VERSION, **{dialog: slots for dialog, slots in known.items() if slots}}


def upgrade_state(stored: Mapping[str, Any]) -> Stored:
    """Return a stored state in the form of this release, not validated, without its version. Raises LaterRelease."""
    version = int(stored.get("v", 1))
    if version > VERSION:
        raise LaterRelease(f"this conversation was stored by a later release (version {version})")
    raw = {name: value for name, value in stored.items() if name != "v"}
    for step in range(version, VERSION):
        raw = LADDER[step](raw)
    return raw


def load(stored: Mapping[str, Any]) -> ConversationState:
    """Return the state as this release knows it.

    Raises LaterRelease for a version that this release doesn't know, and ValueError for a slot that can't be read; its
    message names it, never what it holds.
    """
    try:
        return msgspec.convert(upgrade_state(stored), ConversationState)
    except msgspec.ValidationError as error:
        slot = str(error).rpartition(" - at `$.")[2].rstrip("`")
        raise ValueError(f"a stored conversation can't be read: {slot}") from None
