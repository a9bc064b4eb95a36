"""Training data: sentences that weren't understood, labelled by agents, exported without personal data.

Exported sentences were made anonymous twice: when shown, and when labelled.
"""

import json
from collections.abc import Iterator, Sequence
from datetime import datetime

import sqlalchemy as sa
from msgspec import Struct, field

from dialogs.kit import Journey
from nlu.evaluation import INTENTS
from nlu.languages.shipped import KNOWN, Known
from nlu.parse import parse
from nlu.redaction import anonymise
from services.companies import companies
from services.store import conversations
from services.store.tables.accounts import account
from services.support import labels
from services.support.labels import Label, Missed
from values.kinds import kind_of
from values.private import Private, PrivateStruct


class Sentence(PrivateStruct):
    """A sentence to label.

    `missed` as it was said, `words` without personal data, `asked` and `expects` of the step where it was said, `guess`
    the intent that it is read as now, with its confidence.
    """

    missed: Missed
    words: Private[str]
    asked: str | None
    expects: str | None
    guess: str
    confidence: float


class TrainingLabels(Struct, frozen=True):
    """For one seller."""

    journey: Journey
    known: Known = field(default_factory=lambda: KNOWN)

    def listed(
        self, connection: sa.Connection, *, before: int | None = None, most: int = 50, locale: str | None = None
    ) -> list[Sentence]:
        """Sentences without a label, the newest first; the next page is `before` the last one's line."""
        return [
            self._shown(connection, one) for one in labels.missed(connection, before=before, most=most, locale=locale)
        ]

    def label(
        self,
        connection: sa.Connection,
        *,
        line_id: int,
        intent: str | None,
        agent_id: str,
        now: datetime,
        words: str | None = None,
    ) -> bool:
        """Say what the sentence means.

        `intent` None: it is no example of anything. `words`: as the agent has changed them; what they still say of a
        person goes. False if the sentence is gone; ValueError for an intent that isn't in the catalogue, or no words.
        """
        if intent is not None and intent not in INTENTS:
            raise ValueError(f"there is no intent {intent}")
        missed = labels.sentence(connection, line_id)
        if missed is None:
            return False
        text = self._anonymous(connection, missed, missed.words if words is None else words)
        label = Label(line_id, text, missed.locale, self._asked(missed), intent, agent_id, now)
        return labels.give(connection, label)

    def exported(self, connection: sa.Connection) -> Iterator[str]:
        """Lines of JSON: what `okienko nlu parse --jsonl` takes, with the `intent` that is right."""
        for label in labels.given(connection, examples=True):
            asked = {"asked": label.asked} if label.asked is not None else {}
            row = {"text": label.words, "lang": label.locale, **asked, "intent": label.intent}
            yield json.dumps(row, ensure_ascii=False)

    def _shown(self, connection: sa.Connection, missed: Missed) -> Sentence:
        step = self.journey.known(missed.step)
        asked = self._asked(missed)
        read = parse(missed.words, missed.locale, asked, self.known)["intent"]
        words = self._anonymous(connection, missed, missed.words)
        expects = str(step.expects) if step is not None else None
        return Sentence(missed, words, asked, expects, read["name"], read["confidence"])

    def _asked(self, missed: Missed) -> str | None:
        step = self.journey.known(missed.step)
        return kind_of(step.expects).entity or None if step is not None else None

    def _anonymous(self, connection: sa.Connection, missed: Missed, text: str) -> str:
        also = _known_of(connection, missed.conversation_id)
        return anonymise(text, missed.locale, self._asked(missed), also=also, known=self.known)


def _known_of(connection: sa.Connection, conversation_id: str) -> Sequence[str]:
    """Return the customer's names and addresses, which no parser would find."""
    talk = conversations.load(connection, conversation_id, lock=False)
    if talk is None or talk.account_id is None:
        return ()
    name = connection.execute(sa.select(account.c.person_name).where(account.c.id == talk.account_id)).scalar()
    found = [name or "", *(name or "").split()]
    for one in companies.of_account(connection, talk.account_id):
        found += [one.billing.name, one.billing.street, one.billing.postal_code, one.billing.city]
    return [value for value in found if value]
