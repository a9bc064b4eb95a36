"""Messages as a voice reads them, derived from what is written when a channel asks for it.

Nothing of it is stored: an agent's words, yesterday's and a profile's own read as well as the dialogs' do. Why from the
written text and not from a second rendering: docs/decisions/voice.md.
"""

from collections.abc import Iterator, Sequence

from msgspec import Struct, field
from msgspec.structs import replace

from bot.conversation.outbound import Card, Reply, with_card, with_consents
from bot.conversation.render import Renderer
from bot.texts.speech.spoken_text import simplify_spaces, spoken_text
from bot.texts.speech.vocabulary import SpeechVocabulary, vocabulary

MOST_CHOICES = 5
_COMMANDS = "/"


class ReadAloud(Struct, frozen=True):
    """Says messages in the profile's words for signs and amounts."""

    renderer: Renderer
    _known: dict[str, SpeechVocabulary] = field(default_factory=dict[str, SpeechVocabulary])

    def differing(self, messages: Sequence[Reply], locale: str, *, cards: bool = False) -> str | None:
        """Return the words of an answer's messages, in order; None where they are read as they are written.

        `locale`: of messages that don't tell theirs. `cards`: the last one's card isn't part of its text.
        """
        shown = [_shown(message, cards=cards and message is messages[-1]) for message in messages]
        said = [self._said(text, one, locale) for text, one in zip(shown, messages, strict=True)]
        differs = any(words != simplify_spaces(text) for words, text in zip(said, shown, strict=True))
        return "\n\n".join(filter(None, said)) if differs else None

    def line(self, message: Reply, locale: str, before: Card | None = None) -> str:
        """Return the words of one message and of its answers to choose from.

        `before`: the card in whose place its own stands; of that only what has changed is said.
        """
        card = message.card if before is None or message.card is None else _changed(message.card, before)
        text = with_card(card, with_consents(message.buttons, message.words))
        said = self._said(text, message, locale)
        titles = tuple(self._said(title, message, locale) for title in _choices(message))
        if not titles:
            return said
        offered = self.renderer.words("speech.choices", {"titles": titles}, message.locale or locale)
        return "\n".join(filter(None, (said, offered)))

    def _said(self, text: str, message: Reply, locale: str) -> str:
        links = {link.href: link.title for link in message.links}
        return spoken_text(text, self._vocabulary(message.locale or locale), links)

    def _vocabulary(self, locale: str) -> SpeechVocabulary:
        spoken = self.renderer.spoken(locale)
        if spoken not in self._known:
            self._known[spoken] = vocabulary(self.renderer, spoken)
        return self._known[spoken]


def _shown(message: Reply, *, cards: bool) -> str:
    return with_consents(message.buttons, message.words) if cards else message.text


def _choices(message: Reply) -> Sequence[str]:
    """Return the titles of the answers where they are few and say more than the question: no ways back, no boxes."""
    if any(button.words is not None for button in message.buttons) or message.card is not None:
        return ()
    found = [button.title for button in message.buttons if not button.payload.startswith(_COMMANDS)]
    return found if 1 < len(found) <= MOST_CHOICES else ()


def _changed(card: Card, before: Card) -> Card | None:
    """Return the card with the rows that weren't there before; None where nothing has changed."""
    known = {row.line for row in before.rows}
    rows = tuple(row for row in card.rows if row.line and row.line not in known)
    total = card.total if card.total != before.total else None
    state = card.state if card.state != before.state else None
    changed = rows or total or state or card.title != before.title
    return replace(card, rows=rows, total=total, state=state) if changed else None


def earlier_cards(messages: Sequence[Reply]) -> Iterator[tuple[Reply, Card | None]]:
    """Yield each message with the card in whose place its own stands."""
    shown: dict[str, Card] = {}
    for message in messages:
        card = message.card
        yield message, shown.get(card.key) if card is not None else None
        if card is not None:
            shown[card.key] = card
