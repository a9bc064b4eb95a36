"""What a topic shows above all that is said in it: its name, the card, the card's buttons."""

import unicodedata
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from babel import Locale as Culture
from babel.dates import format_datetime

from bot.conversation.outbound import StatusSnapshot
from bot.handlers.telegram_group.group import Buttons
from bot.web.page_texts import PageWords
from services.keyed_hash import sha256_hex
from services.support.handoffs import HandoffRecord

LONGEST_NAME = 128
TAKE, GIVE_BACK, DONE, PUT_BACK = "desk:take", "desk:give_back", "desk:done", "desk:put_back"
TAKE_OVER = "desk:take_over"
BLOCK, BLOCK_DAY, BLOCK_EVER, CANCEL = "desk:block", "desk:block_day", "desk:block_ever", "desk:cancel"


@dataclass(frozen=True, slots=True)
class CardPerson:
    """Who the customer is, as far as that is known: masked already."""

    email: str | None = None
    phone: str | None = None

    @property
    def shown(self) -> str:
        """In one line; empty while nothing is known."""
        return " · ".join(part for part in (self.email, self.phone) if part)


@dataclass(frozen=True, slots=True)
class TopicCard:
    """A card as it is to be shown. `mark` tells whether it is shown already."""

    text: str
    buttons: Buttons

    @property
    def mark(self) -> str:
        """A hash of all that is shown."""
        return sha256_hex(repr((self.text, self.buttons)))[:16]


@dataclass(frozen=True, slots=True)
class CardFacts:
    """The facts on a card.

    `request` is the open one, None when the talk is with the desk; `holder` is its agent's name;
    `reason` and `since` are those of the last request; `unconfirmed`: something was put right that the customer hasn't
    confirmed. `known` are the customer's e-mails and numbers, to be masked.
    """

    channel: str
    standing: StatusSnapshot
    step: str
    person: CardPerson
    request: HandoffRecord | None
    holder: str | None
    reason: str
    since: datetime | None
    blocked: bool
    unconfirmed: bool
    link: str
    known: tuple[str, ...] = field(default=(), repr=False)


def name_of(t: PageWords, facts: CardFacts) -> str:
    """Return the topic's name: who, and why a person was wanted; marked once it is over."""
    name = plain(f"{facts.person.shown or _channel(t, facts)} · {_reason(t, facts.reason)}")
    return (t("card.closed", name=name) if facts.request is None else name)[:LONGEST_NAME]


def _channel(t: PageWords, facts: CardFacts) -> str:
    title = t(f"channel.{facts.channel}")
    return title[:1].upper() + title[1:]


def card_of(t: PageWords, facts: CardFacts, time_zone: str) -> TopicCard:
    """Return the card and its buttons."""
    language = Culture.parse(facts.standing.locale).get_language_name(t.locale) or facts.standing.locale
    here = facts.standing
    lines = [
        t("card.head", channel=_channel(t, facts), language=language),
        t("card.customer", who=plain(facts.person.shown) or t("card.unknown")),
        t("card.step", step=facts.step, done=here.done, of=here.of),
        t("card.reason", reason=_reason(t, facts.reason)),
    ]
    if facts.since is not None and facts.request is not None:
        at = format_datetime(facts.since.astimezone(ZoneInfo(time_zone)), "d MMM, HH:mm", locale=t.locale)
        lines.append(t("card.since", at=at))
    lines += ["", _state(t, facts)]
    if facts.blocked:
        lines.append(t("card.blocked"))
    if facts.unconfirmed:
        lines.append(t("card.unconfirmed"))
    lines += [t("card.how"), facts.link]
    return TopicCard("\n".join(lines), buttons_of(t, facts.request))


def buttons_of(t: PageWords, request: HandoffRecord | None) -> Buttons:
    """Return the buttons for what may be done with the conversation now."""
    if request is None:
        return ((_button(t, TAKE),),)
    if request.agent_id is None:
        return ((_button(t, TAKE), _button(t, BLOCK)),)
    return ((_button(t, GIVE_BACK), _button(t, DONE)), (_button(t, PUT_BACK), _button(t, BLOCK)))


def sure_buttons(t: PageWords) -> Buttons:
    """Return whether blocking is meant."""
    return ((_button(t, BLOCK_DAY), _button(t, BLOCK_EVER)), (_button(t, CANCEL),))


def plain(text: str) -> str:
    """On one line, without signs that turn or hide what stands beside them."""
    kept = (sign for sign in text if sign.isspace() or unicodedata.category(sign)[0] != "C")
    return " ".join("".join(kept).split())


def _button(t: PageWords, data: str) -> tuple[str, str]:
    return t("button." + data.partition(":")[2]), data


def _reason(t: PageWords, reason: str) -> str:
    return t.get(f"reason.{reason}", "reason.asked", {})


def _state(t: PageWords, facts: CardFacts) -> str:
    if facts.request is None:
        return t("card.over")
    return t("card.waits") if facts.request.agent_id is None else t("card.held", name=plain(facts.holder or "?"))
