"""Training data: doubtful sentences, labelled by agents, exported without personal data.

Exported sentences were made anonymous twice: when shown, and when labelled.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from textwrap import shorten
from typing import Any

import sqlalchemy as sa
from msgspec import Struct, field, to_builtins

from bot.conversation.stored import StoredMessage
from bot.texts.text import Text, TextError, includes, merge_seller_cases, names
from bot.texts.text import parse as parse_text
from bot.usecases.agents.lines_view import is_said_in_words
from bot.usecases.agents.masking import ContactMasks
from dialogs.kit import Journey
from nlu.evaluation import INTENTS
from nlu.languages.shipped import KNOWN, Known
from nlu.parse import parse
from nlu.questions.faq import FaqIndex
from nlu.redaction import anonymise
from services.companies import companies
from services.store import conversations, journal, journal_ranges
from services.store.tables.accounts import account
from services.support import faq_drafts, labels, misread_lines
from services.support.faq_drafts import DraftRefused, DraftWords, FaqDraft
from values.kinds import kind_of
from values.patterns import cached_property
from values.private import Private, PrivateStruct

NEAREST = 5
"""So many entries are offered before the others."""
_MOST_FOUND = 20
"""Parts of the seller's pages stand between the entries, and have no ways to ask."""


class EntryTitle(Struct, frozen=True):
    """An entry as agents see it."""

    id: str
    title: str


class EntryChoices(Struct, frozen=True):
    """The entries that a sentence may ask for: those that are `near`, the best first, agents' `drafts`, the `rest`."""

    near: tuple[EntryTitle, ...] = ()
    drafts: tuple[EntryTitle, ...] = ()
    rest: tuple[EntryTitle, ...] = ()


class FaqEntries(Struct, frozen=True, dict=True):
    """Of one profile. `titles`: by language and id, in their order; `places`: what an answer may name."""

    titles: Mapping[str, Mapping[str, str]] = field(default_factory=dict[str, Mapping[str, str]])
    places: frozenset[str] = frozenset()
    index: Callable[[], FaqIndex] = lambda: FaqIndex(())

    @cached_property
    def _index(self) -> FaqIndex:
        return self.index()  # for the first supervisor who labels: most processes of a desk never need it

    @cached_property
    def ids(self) -> frozenset[str]:
        """The entries that the profile has, in whichever language."""
        return frozenset(id for titles in self.titles.values() for id in titles)

    def choices(self, text: str, locale: str, drafts: Iterable[FaqDraft]) -> EntryChoices:
        """Return what a sentence of this language may be made a way to ask for."""
        titles = self.titles.get(locale, {})
        found = [hit.id for hit in self._index.find(text, locale, most=_MOST_FOUND) if hit.id in titles][:NEAREST]
        return EntryChoices(
            near=tuple(EntryTitle(id, titles[id]) for id in found),
            drafts=tuple(
                EntryTitle(one.id, one.words[locale].title)
                for one in drafts
                if one.id not in self.ids and locale in one.words
            ),
            rest=tuple(EntryTitle(id, title) for id, title in titles.items() if id not in found),
        )

    def taken(self, drafts: Iterable[FaqDraft]) -> frozenset[str]:
        """Return the ids that a new entry may not have: an intent's name would make it answer that intent."""
        return self.ids | {one.id for one in drafts} | {*INTENTS}

    def check(self, words: Mapping[str, DraftWords]) -> None:
        """Read a new entry's words as a profile's. Raises DraftRefused for a place that nothing fills."""
        for locale, said in words.items():
            for text in (said.title, said.answer):
                self._check(text, locale)

    def _check(self, words: str, locale: str) -> None:
        try:
            text: Text = parse_text(words)
        except TextError:
            raise DraftRefused("place", locale, "{") from None
        unknown = {*includes(text), *(merge_seller_cases(names(text)) - self.places)}
        if unknown:
            raise DraftRefused("place", locale, f"{{{min(unknown)}}}")


_MOST_ANSWERED = 200
"""Characters shown of what was answered."""


class Sentence(PrivateStruct):
    """A sentence to label.

    `said` as it was said, `words` without personal data, `asked` and `expects` of the step where it was said, `guess`
    the intent that it is read as now, with its confidence. `answered`: what the bot said to one that was wrongly read,
    without personal data; `entries`: what it may be a way to ask for.
    """

    said: labels.DoubtfulSentence
    words: Private[str]
    asked: str | None
    expects: str | None
    guess: str
    confidence: float
    answered: Private[str]
    entries: EntryChoices


class TrainingLabels(Struct, frozen=True):
    """For one seller. `own` are words of his that name nobody but himself."""

    journey: Journey
    known: Known = field(default_factory=lambda: KNOWN)
    entries: FaqEntries = field(default_factory=FaqEntries)
    own: tuple[str, ...] = ()

    def mark(
        self, connection: sa.Connection, *, conversation_id: str, line_id: int, agent_id: str, now: datetime
    ) -> bool:
        """Mark a line as wrongly read; False if nothing changes, or the customer didn't say it in words."""
        found = journal_ranges.read_lines_among(connection, conversation_id, [line_id])
        if not any(map(is_said_in_words, found)):
            return False
        return misread_lines.mark(
            connection, conversation_id=conversation_id, line_id=line_id, agent_id=agent_id, now=now
        )

    def listed(
        self, connection: sa.Connection, *, before: int | None = None, most: int = 50, locale: str | None = None
    ) -> list[Sentence]:
        """Sentences without a label, the newest first; the next page is `before` the last one's line."""
        drafts = faq_drafts.list_drafts(connection)
        found = labels.doubtful(connection, before=before, most=most, locale=locale)
        return [self._shown(connection, one, drafts) for one in found]

    def one(self, connection: sa.Connection, line_id: int) -> Sentence | None:
        """Return a sentence, labelled or not; None if it is gone, or nobody doubts it."""
        said = labels.sentence(connection, line_id)
        return None if said is None else self._shown(connection, said, faq_drafts.list_drafts(connection))

    def label(
        self,
        connection: sa.Connection,
        *,
        line_id: int,
        agent_id: str,
        now: datetime,
        intent: str | None = None,
        faq: str | None = None,
        words: str | None = None,
    ) -> bool:
        """Say what the sentence means: it is an example of an intent, or a way to ask for an entry of the FAQ.

        Neither: it is no example of anything. `words`: as the agent has changed them; what they still say of a person
        goes. False if the sentence is gone; ValueError for an intent that isn't in the catalogue, an entry that isn't
        there, or no words.
        """
        if intent is not None and intent not in INTENTS:
            raise ValueError(f"there is no intent {intent}")
        if faq is not None and faq not in self.entries.ids | {one.id for one in faq_drafts.list_drafts(connection)}:
            raise ValueError(f"there is no entry {faq}")
        said = labels.sentence(connection, line_id)
        if said is None:
            return False
        text = self._anonymous(connection, said)(said.words if words is None else words)
        label = labels.Label(line_id, text, said.locale, self._asked(said), intent, agent_id, now, faq)
        return labels.give(connection, label)

    def write_entry(
        self, connection: sa.Connection, *, line_id: int, words: Mapping[str, DraftWords], agent_id: str, now: datetime
    ) -> bool:
        """Write a new entry for the FAQ, and make the sentence a way to ask for it.

        False, and nothing is written, if the sentence is gone. Raises DraftRefused.
        """
        self.entries.check(words)
        said = labels.sentence(connection, line_id)
        if said is None:
            return False
        taken = self.entries.taken(faq_drafts.list_drafts(connection))
        named = words.get(said.locale) or next(iter(words.values()))  # a language that the seller no longer speaks
        id = faq_drafts.new_id(named.title, taken)
        faq_drafts.keep(connection, FaqDraft(id, words, agent_id, now))
        return self.label(connection, line_id=line_id, faq=id, agent_id=agent_id, now=now)

    def exported(self, connection: sa.Connection) -> Iterator[str]:
        """Lines of JSON: new entries, and what `okienko nlu parse --jsonl` takes with what is right.

        That is an `intent`, or the entry of the `faq` that it asks for.
        """
        for draft in faq_drafts.list_drafts(connection):
            yield _json({"faq": draft.id, "entry": to_builtins(draft.words)})
        for label in labels.list_labels(connection, examples=True):
            asked = {"asked": label.asked} if label.asked is not None else {}
            meant = {"intent": label.intent} if label.faq is None else {"faq": label.faq}
            yield _json({"text": label.words, "lang": label.locale, **asked, **meant})

    def _shown(self, connection: sa.Connection, said: labels.DoubtfulSentence, drafts: Sequence[FaqDraft]) -> Sentence:
        step, anonymous = self.journey.known(said.step), self._anonymous(connection, said)
        asked = self._asked(said)
        read = parse(said.words, said.locale, asked, self.known)["intent"]
        return Sentence(
            said=said,
            words=ContactMasks(self.journey, locale=said.locale).mask_said(anonymous(said.words), said.step),
            asked=asked,
            expects=str(step.expects) if step is not None else None,
            guess=read["name"],
            confidence=read["confidence"],
            answered=shorten(self._answered(connection, said), _MOST_ANSWERED, placeholder=" …"),
            entries=self.entries.choices(said.words, said.locale, drafts),
        )

    def _asked(self, said: labels.DoubtfulSentence) -> str | None:
        step = self.journey.known(said.step)
        return kind_of(step.expects).entity or None if step is not None else None

    def _answered(self, connection: sa.Connection, said: labels.DoubtfulSentence) -> str:
        """Return the seller's answer as he gave it: only what it repeats of the customer's data is hidden."""
        also, told = _known_of(connection, said.conversation_id), _answer_to(connection, said)
        return anonymise(told, said.locale, also=also, known=self.known, own=self.own)

    def _anonymous(self, connection: sa.Connection, said: labels.DoubtfulSentence) -> Callable[[str], str]:
        also, asked = _known_of(connection, said.conversation_id), self._asked(said)
        return lambda text: anonymise(text, said.locale, asked, also=also, known=self.known)


def _json(row: Mapping[str, Any]) -> str:
    return json.dumps(row, ensure_ascii=False)


def _answer_to(connection: sa.Connection, said: labels.DoubtfulSentence) -> str:
    """Return what was answered to a sentence that was wrongly read, without its card."""
    if not said.misread or said.root is None:
        return ""
    told = journal.messages(connection, said.conversation_id, root=said.root)
    return " ".join(StoredMessage.from_json(one.data).text for one in told)


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
