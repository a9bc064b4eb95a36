"""Dialogs' events and calls as JSON, by name: what is stored in the event and call tables, and read back from there.

A name that a release has stored is read for good: what has replaced letters of notices stands in `FORMER_LETTERS`.
"""

from collections.abc import Mapping
from datetime import datetime
from threading import Lock
from typing import Any

import msgspec

from dialogs.kit import Declared, Event, Job
from dialogs.messages import MODULES
from dialogs.renewal import notices
from services.jobs.port import StoredJob
from services.store.events import StoredEvent
from values.term import term_of_years


def _named(base: type[Any]) -> dict[str, type[Any]]:
    return {
        name: value
        for module in (*MODULES, notices)
        for name, value in vars(module).items()
        if isinstance(value, type) and issubclass(value, base) and value.__module__ == module.__name__
    }


EVENTS: dict[str, type[Event]] = {**_named(Event), "Declared": Declared}
CALLS: dict[str, type[Job]] = _named(Job)
Fields = dict[str, Any]


#: Jobs of earlier releases that wrote one notice each, and the event of the notice; one job writes them all.
FORMER_LETTERS: Mapping[str, str] = {
    "MailNoLongerSold": "NoLongerSold",
    "MailTermEnding": "TermEnding",
    "MailRenewalSetRight": "RenewalSetRight",
    "MailWayExpiring": "WayExpiring",
    "MailLapse": "SubscriptionLapsed",
    "MailTerms": "RenewalWaits",
    "MailReminder": "SubscriptionEnding",
    "MailToPay": "RenewalToPay",
    "MailCharge": "RenewalCharged",  # or one to come
}
#: Facts of notices that their letters did without: they are read from the books, or aren't said there.
_UNWRITTEN = (
    *(("serial", None), ("again", False), ("account_id", ""), ("order_id", ""), ("payment_id", ""), ("number", "")),
    *(("gross", 0), ("currency", "")),
)


def _as_notice(name: str, of: Fields) -> Fields:
    """Return the fields of the job that writes all notices, from those of a letter's own job."""
    charge_to_come = name == "MailCharge" and of.get("charge_at") is not None
    notice = "ChargeComing" if charge_to_come else FORMER_LETTERS[name]
    ends_at = of.get("ends_at") or of["outlook"]["ends_at"]
    own = {name: of[name] for name in ("subscription_id", "told", "customer_id") if name in of}
    other_names = {"plan": of.get("plan", of.get("product")), "label": of.get("way")}
    known = {**dict(_UNWRITTEN), "expires_at": ends_at, "until": ends_at, **other_names, **of}
    given = {fact.encode_name for fact in msgspec.structs.fields(EVENTS[notice]) if fact.required} | of.keys()
    facts = {name: known[name] for name in (given | {"label"}) - own.keys()}
    return own | {"ends_at": ends_at, "notice": notice, "facts": facts}


# Two threads that read a struct of a kind for the first time would end the process (see `dialogs/versions.py`).
_one_at_a_time = Lock()


def name_of(thing: object) -> str:
    """Return the name under which an event or job is stored."""
    return type(thing).__name__


def to_json(thing: object) -> dict[str, Any]:
    """Return the fields as JSON values."""
    return msgspec.to_builtins(thing)


def _termed(stored: Any) -> Any:
    """Return fields with terms instead of the years that were stored until 0.29."""
    match stored:
        case {"years": int(years), **others}:
            return {**{name: _termed(value) for name, value in others.items()}, "term": term_of_years(years)}
        case {**others}:
            return {name: _termed(value) for name, value in others.items()}
        case list() | tuple():
            return [_termed(value) for value in stored]
        case _:
            return stored


def event_from(name: str, fields: dict[str, Any]) -> Event:
    """Return the event of this name. Errors: KeyError for a name of another release, ValueError for bad fields."""
    with _one_at_a_time:
        return msgspec.convert(_termed(fields), EVENTS[name])


def call_from(name: str, fields: dict[str, Any]) -> Job:
    """Return the job of this name, of whatever release. Errors: KeyError, ValueError."""
    if name in FORMER_LETTERS:
        name, fields = "MailNotice", _as_notice(name, fields)
    with _one_at_a_time:
        return msgspec.convert(_termed(fields), CALLS[name])


def stored_event(event_id: str, owner_id: str, event: Event, now: datetime) -> StoredEvent:
    """Return the row of an event for its owner: a conversation, or the subscription that an order renews."""
    return StoredEvent(event_id, owner_id, name_of(event), to_json(event), now)


def stored_job(
    key: str, owner_id: str, job: Job, due_at: datetime, *, root: str | None = None, background: bool = True
) -> StoredJob:
    """Return the row of a job whose outcome goes to its owner."""
    return StoredJob(key, owner_id, root, name_of(job), to_json(job), background, due_at)
