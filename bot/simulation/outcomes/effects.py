"""Effects of a tried message: what it bound to, what its reply tells of, and the values that it gave."""

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from bot.simulation.outcomes.trial import TriedMessage
from dialogs.kit import Command
from dialogs.messages.einvoice import ChangeInvoiceEmail
from dialogs.state import ConversationState
from values.parsing import fold_words

JUDGING: Mapping[str, Any] = tomllib.loads(Path(__file__).with_name("judging.toml").read_text("utf-8"))
_OUTWARD: Mapping[str, str] = JUDGING["outward"]
_SUBJECTS: Mapping[str, str] = JUDGING["subjects"]
_ALIKE: Mapping[str, Sequence[str]] = JUDGING["alike"]


def bound_by(trial: TriedMessage) -> Iterator[str]:
    """Yield what a message bound its author to."""
    was, now = trial.before, trial.after
    yield from (name for name in ("terms", "clauses") if getattr(now.order, name) and not getattr(was.order, name))
    if now.order.id and now.order.id != was.order.id:
        yield "order"
    if "ActivateEInvoice" in commands_in(trial):
        yield "einvoice"
    if now.company.confirmed and not was.company.confirmed:
        yield "company"
    if now.account.consents is not None and was.account.consents is None:
        yield "consents"
    if now.order.auto_renewal and not was.order.auto_renewal:
        yield "auto_renewal"


def outward(trial: TriedMessage) -> Iterator[str]:
    """Yield what was done that can't be taken back by the next word, or that others see."""
    was, now = trial.before, trial.after
    yield from (_OUTWARD[name] for name in commands_in(trial) if name in _OUTWARD)
    if "SetAutoRenewal" in commands_in(trial):
        yield "renewal"
    if now.own_data.page == "erase" != was.own_data.page:
        yield "erase"
    if now.talk.locale != was.talk.locale:
        yield "language"
    if now.contact.phone and now.contact.phone != was.contact.phone and "SendCode" in trial.calls:
        yield "phone"
    if was.account.email and now.account.email is None and now.account.id is None:
        yield "cancel"
    if now.company.tax_number and was.company.tax_number not in (None, now.company.tax_number):
        yield "tax_number"


def commands_in(trial: TriedMessage) -> tuple[str, ...]:
    return tuple(type(command).__name__ for command in trial.commands)


_NO_ANSWER = re.compile(
    r"kit\.aside\.(?:unknown|nearest|unanswered)|refused\.|kit\.(?:not_understood|which|for_a_person|no_answer|not_taken)"
)


def subjects(trial: TriedMessage) -> set[str]:
    """Return what the reply tells of: entries of the FAQ, and the subjects that the desk answers itself."""
    keys = [say.key for say in trial.says if say.key]
    told = {key.removeprefix("faq.") for key in keys if key.startswith("faq.")}
    told |= {_SUBJECTS[key] for key in keys if _SUBJECTS.get(key)}
    denied = any(_NO_ANSWER.match(key) for key in keys)
    if not denied and not told and any(key.endswith((".help", ".hint")) for key in keys):
        told.add("step")
    told |= {key for key in keys if key.startswith("kit.aside.") and key not in _SUBJECTS}
    if "RequestHuman" in commands_in(trial):
        told.add("agent")
    return told


def with_alike(wanted: tuple[str, ...]) -> set[str]:
    """Return the wanted answers, with those that tell the same."""
    return {*wanted}.union(*(_ALIKE.get(one, ()) for one in wanted))


def values_of(case: ConversationState, commands: Sequence[Command] = ()) -> dict[str, str]:
    """Return the answers that a message may give, by slot, as plain words."""
    renewal = case.order.auto_renewal
    saved = (command.email for command in commands if isinstance(command, ChangeInvoiceEmail))
    found = {
        "email": case.account.asked_email or case.account.next_email or case.account.email,
        "phone": case.contact.phone,
        "tax_number": case.company.tax_number,
        "company_name": case.company.name,
        "street": case.company.street,
        "postal_code": case.company.postal_code,
        "city": case.company.city,
        "method": case.payment.wanted or case.order.method,
        "auto_renewal": None if renewal is None else "yes" if renewal else "no",
        "discount_code": case.order.discount,
        "invoice_email": next(saved, case.einvoice.typed),
    }
    return {name: value for name, value in found.items() if value}


_STREET = re.compile(r"^(?:ul|ulica|ulicy|al|aleja|via|street)\b\.?\s*")


@cache
def plain_value(value: str) -> str:
    return _STREET.sub("", " ".join(fold_words(value).split())).replace(" ", "")


def are_alike(one: str, other: str) -> bool:
    return plain_value(one) == plain_value(other)
