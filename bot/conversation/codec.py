"""Dialogs' events and calls as JSON, by name: what is stored in the event and call tables, and read back from there.

A name that a release has stored is read for good: what has replaced it stands in `FORMER`.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from threading import Lock
from typing import Any

import msgspec

from dialogs.kit import Event, Job
from dialogs.messages import MODULES
from dialogs.renewal import notices
from services.jobs.port import StoredJob
from services.store.events import StoredEvent


def _named(base: type[Any]) -> dict[str, type[Any]]:
    return {
        name: value
        for module in (*MODULES, notices)
        for name, value in vars(module).items()
        if isinstance(value, type) and issubclass(value, base) and value.__module__ == module.__name__
    }


EVENTS: dict[str, type[Event]] = _named(Event)
CALLS: dict[str, type[Job]] = _named(Job)
Fields = dict[str, Any]


def _letter(notice: str, **blank: object) -> Callable[[Fields], Fields]:
    """Return the rung from a letter's own job to the job of all notices.

    Its fields were facts of the notice; what the letter had no use for is `blank`.
    """

    def rung(of: Fields) -> Fields:
        own = {name: of[name] for name in ("subscription_id", "told", "customer_id") if name in of}
        facts = blank | {name: value for name, value in of.items() if name not in own}
        return own | {"ends_at": of.get("ends_at") or of["outlook"]["ends_at"], "notice": notice, "facts": facts}

    return rung


def _charge(of: Fields) -> Fields:
    """Return the rung from the letter about a charge: to come, or made."""
    facts = {**of, "label": of["way"]}
    if of.get("charge_at") is not None:
        return _letter("ChargeComing")(facts)
    return _letter("RenewalCharged", account_id="", order_id="", payment_id="", until=of["ends_at"])(facts)


def _to_pay(of: Fields) -> Fields:
    """Return the rung from the letter with a payment link; it was written from the payment in the books."""
    blank = dict.fromkeys(("account_id", "order_id", "number", "method", "currency"), "")
    sums = dict.fromkeys(("net", "vat", "gross"), 0)
    renamed = {**of, "plan": of["product"], "label": of.get("way")}
    return _letter("RenewalToPay", **blank, **sums, again=False, expires_at=of["ends_at"])(renamed)


#: Names of jobs in the databases of earlier releases: the job of today, and its fields from those of then.
FORMER: Mapping[str, tuple[str, Callable[[Fields], Fields]]] = {
    "MailNoLongerSold": ("MailNotice", _letter("NoLongerSold")),
    "MailTermEnding": ("MailNotice", _letter("TermEnding")),
    "MailRenewalSetRight": ("MailNotice", _letter("RenewalSetRight")),
    "MailWayExpiring": ("MailNotice", _letter("WayExpiring")),
    "MailLapse": ("MailNotice", _letter("SubscriptionLapsed")),
    "MailTerms": ("MailNotice", _letter("RenewalWaits", account_id="")),
    "MailReminder": ("MailNotice", _letter("SubscriptionEnding", serial=None)),
    "MailCharge": ("MailNotice", _charge),
    "MailToPay": ("MailNotice", _to_pay),
}
# Two threads that read a struct of a kind for the first time would end the process (see `dialogs/versions.py`).
_one_at_a_time = Lock()


def name_of(thing: object) -> str:
    """Return the name under which an event or job is stored."""
    return type(thing).__name__


def to_json(thing: object) -> dict[str, Any]:
    """Return the fields as JSON values."""
    return msgspec.to_builtins(thing)


def event_from(name: str, fields: dict[str, Any]) -> Event:
    """Return the event of this name. Errors: KeyError for a name of another release, ValueError for bad fields."""
    with _one_at_a_time:
        return msgspec.convert(fields, EVENTS[name])


def call_from(name: str, fields: dict[str, Any]) -> Job:
    """Return the job of this name, of whatever release. Errors: KeyError, ValueError."""
    if (former := FORMER.get(name)) is not None:
        name, fields = former[0], former[1](fields)
    with _one_at_a_time:
        return msgspec.convert(fields, CALLS[name])


def stored_event(event_id: str, owner_id: str, event: Event, now: datetime) -> StoredEvent:
    """Return the row of an event for its owner: a conversation, or the subscription that an order renews."""
    return StoredEvent(event_id, owner_id, name_of(event), to_json(event), now)


def stored_job(
    key: str, owner_id: str, job: Job, due_at: datetime, *, root: str | None = None, background: bool = True
) -> StoredJob:
    """Return the row of a job whose outcome goes to its owner."""
    return StoredJob(key, owner_id, root, name_of(job), to_json(job), background, due_at)
