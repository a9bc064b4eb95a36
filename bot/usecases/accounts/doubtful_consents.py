"""Voluntary consents that were stored though the customer took only the required ones, or had said no to them.

Releases before 0.13.0 stored what was ticked together with *Only required*, and didn't untick what was refused in
words. Nothing is changed here: the seller decides, with the customer's own words at hand.
"""

from collections.abc import Iterable, Iterator
from typing import Any

import sqlalchemy as sa

from nlu.languages.language import Languages
from nlu.named.consents import only_required, refused_in
from services.accounts.consent_history import ConsentLine, GivenConsent, given_with_words
from values.meaning import ConsentName

STEP, ANEW = "account.consents", "/start"
_REQUIRED, _ALL, _TOGGLE = "consents:required", "consents:all", "consents:toggle:"


def doubtful(
    connection: sa.Connection, names: tuple[ConsentName, ...], languages: Iterable[Languages]
) -> Iterator[dict[str, Any]]:
    """Yield each such consent that stands: whose, which, since when, why it is in doubt, and what was said.

    `names` are the profile's consents, `languages` those of its conversations.
    """
    spoken = list(languages)
    voluntary = [one.id for one in names if not one.obligatory]
    for given in given_with_words(connection, voluntary, step=STEP, since=ANEW):
        if (why := _doubt(given, names, spoken)) is not None:
            yield {
                "email": given.email,
                "account": given.account_id,
                "consent": given.consent_id,
                "given_at": given.given_at.isoformat(),
                "channel": given.channel,
                "why": why,
                "said": [{"at": line.at.isoformat(), "text": _shown(line)} for line in given.lines],
            }


def _doubt(given: GivenConsent, names: tuple[ConsentName, ...], languages: list[Languages]) -> str | None:
    """Return why a consent is in doubt: it was stored by "only required", or after a no to it; None for the others."""
    if not given.lines or _takes_all(given.lines[-1]):
        return None
    if _takes_required(given.lines[-1], languages):
        return "only_required"
    refused = False
    for line in given.lines:
        if line.payload == f"{_TOGGLE}{given.consent_id}":
            refused = False
        elif any(given.consent_id in refused_in(line.text, names, langs) for langs in languages):
            refused = True
    return "refused_before" if refused else None


def _takes_all(line: ConsentLine) -> bool:
    return _ALL in (line.payload, line.text)


def _takes_required(line: ConsentLine, languages: list[Languages]) -> bool:
    if line.payload is not None:
        return line.payload == _REQUIRED
    return line.text == _REQUIRED or any(only_required(line.text, langs) for langs in languages)


def _shown(line: ConsentLine) -> str:
    """Return the words, and of a button what it stands for."""
    return f"[{line.text}]" if line.payload is not None else line.text
