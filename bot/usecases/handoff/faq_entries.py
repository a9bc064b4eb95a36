"""The seller's FAQ as labels know it: the entries nearest to a sentence, and the words that make a new one."""

from collections.abc import Callable, Iterable, Mapping

from msgspec import Struct, field

from bot.texts.text import Text, TextError, includes, names, parse, undeclined
from nlu.evaluation import INTENTS
from nlu.questions.faq import FaqIndex
from services.support.faq_drafts import DraftRefused, DraftWords, FaqDraft
from values.patterns import cached_property

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
            text: Text = parse(words)
        except TextError:
            raise DraftRefused("place", locale, "{") from None
        unknown = {*includes(text), *(undeclined(names(text)) - self.places)}
        if unknown:
            raise DraftRefused("place", locale, f"{{{min(unknown)}}}")
