"""A topic's name, its card and the card's buttons, and the facts that they show."""

import unicodedata
from collections.abc import Awaitable, Callable
from datetime import datetime
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from babel import Locale as Culture
from babel.dates import format_datetime
from msgspec import Struct

from bot.conversation.outbound import StatusSnapshot
from bot.handlers.telegram_group.group import Buttons
from bot.usecases.agents.lines_outside import reason_of
from bot.usecases.agents.masking import ContactMasks
from bot.usecases.agents.sight import Sight
from bot.usecases.agents.talk_view import find_corrections
from bot.web.page_texts import PageWords
from dialogs.state import ConversationState
from services.accounts import account_view, accounts
from services.agents import agent_accounts
from services.clock import Clock
from services.contacts import contacts
from services.keyed_hash import sha256_hex
from services.store.conversations import StoredConversation
from services.store.database import Store
from services.support import blocklist
from services.support.handoffs import HandoffRecord
from services.support.mirrors import MirrorView
from services.support.topics import Topic
from values import masked
from values.private import Private, PrivateStruct

LONGEST_NAME = 128
TAKE, GIVE_BACK, DONE, PUT_BACK = "desk:take", "desk:give_back", "desk:done", "desk:put_back"
TAKE_OVER = "desk:take_over"
BLOCK, BLOCK_DAY, BLOCK_EVER, CANCEL = "desk:block", "desk:block_day", "desk:block_ever", "desk:cancel"


class TopicCard(Struct, frozen=True):
    """A card as it is to be shown. `mark` tells whether it is shown already."""

    text: str
    buttons: Buttons

    @property
    def mark(self) -> str:
        """A hash of all that is shown."""
        return sha256_hex(repr((self.text, self.buttons)))[:16]


class CardFacts(PrivateStruct):
    """The facts on a card.

    `person` is the customer's masked e-mail and number, empty while nothing is known; `request` the open one, None when
    the talk is with the desk; `holder` its agent's name; `reason` and `since` are those of the last request;
    `unconfirmed`: an agent's correction waits for the customer. `masks` hide contacts in what was said.
    """

    channel: str
    standing: StatusSnapshot
    step: str
    person: str
    request: HandoffRecord | None
    holder: str | None
    reason: str
    since: datetime | None
    blocked: bool
    unconfirmed: bool
    link: str
    masks: Private[ContactMasks]


def name_of(t: PageWords, facts: CardFacts) -> str:
    """Return the topic's name: who, and why a person was wanted; marked once it is over."""
    name = flatten_text(f"{facts.person or _channel(t, facts)} · {reason_of(t, facts.reason)}")
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
        t("card.customer", who=flatten_text(facts.person) or t("card.unknown")),
        t("card.step", step=facts.step, done=here.done, of=here.of),
        t("card.reason", reason=reason_of(t, facts.reason)),
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
    """Return the buttons that ask whether blocking is meant."""
    return ((_button(t, BLOCK_DAY), _button(t, BLOCK_EVER)), (_button(t, CANCEL),))


def flatten_text(text: str) -> str:
    """Return the text on one line, without signs that turn or hide what stands beside them."""
    kept = (sign for sign in text if sign.isspace() or unicodedata.category(sign)[0] != "C")
    return " ".join("".join(kept).split())


def _button(t: PageWords, data: str) -> tuple[str, str]:
    return t("button." + data.partition(":")[2]), data


def _state(t: PageWords, facts: CardFacts) -> str:
    if facts.request is None:
        return t("card.over")
    return t("card.waits") if facts.request.agent_id is None else t("card.held", name=flatten_text(facts.holder or "?"))


class CardReader(Struct, frozen=True):
    """Reads the facts of cards in the language `locale`. `desk_url` is where the desk's pages of conversations are."""

    store: Store
    clock: Clock
    standing: Callable[[str], Awaitable[StatusSnapshot]]
    desk_url: str
    sight: Sight
    locale: str

    async def read(self, view: MirrorView[Topic]) -> CardFacts | None:
        """Return the card's facts; None if the conversation is gone by now. Raises StoreUnavailable."""
        here = view.conversation
        if here is None:
            return None
        try:
            standing = await self.standing(here.id)
        except LookupError:
            return None
        return await self.store.read(lambda connection: self._facts(connection, here, view, standing))

    def _facts(
        self, connection: sa.Connection, here: StoredConversation, view: MirrorView[Topic], standing: StatusSnapshot
    ) -> CardFacts:
        holder = view.request.agent_id if view.request is not None else None
        agent = agent_accounts.get(connection, holder) if holder is not None else None
        case, now = self.sight.case(connection, here), self.clock.now()
        masks = self.sight.masks(connection, here, case)
        with self.sight.context(connection, here, case, now) as ctx:
            position = self.sight.journey.position(case, ctx)
        blocked = blocklist.find_block(connection, channel=here.channel, address=here.address, now=now)
        return CardFacts(
            channel=here.channel,
            standing=standing,
            step=self.sight.step(position, self.locale),
            person=_person(connection, here, view.request, case),
            request=view.request,
            holder=agent.name if agent is not None else standing.speaker,
            reason=view.reason,
            since=view.last.asked_at if view.last is not None else None,
            blocked=blocked is not None,
            unconfirmed=bool(find_corrections(case, masks)),
            link=f"{self.desk_url}/{here.id}",
            masks=masks,
        )


def _person(
    connection: sa.Connection, here: StoredConversation, request: HandoffRecord | None, case: ConversationState
) -> str:
    account = accounts.get(connection, here.account_id) if here.account_id is not None else None
    known = contacts.of_account(connection, account.id) if account is not None else []
    email = account.email if account is not None else None
    email = email or (request.email if request is not None else None) or case.account.email
    best = account_view.choose_best_contact(known, "phone")
    phone = (best.value if best is not None else None) or case.contact.proven or case.contact.phone
    return " · ".join([*([masked.email(email)] if email else []), *([masked.phone(phone)] if phone else [])])
