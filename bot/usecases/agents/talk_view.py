"""A conversation as an agent sees it: whose it is, and who has it. What was said is in `transcript.py`."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from msgspec import field
from msgspec.structs import replace

from bot.usecases.agents.lines_view import ContactAccess
from bot.usecases.agents.masking import ContactMasks, contacts
from bot.usecases.agents.sight import Sight
from bot.usecases.agents.statements import WithdrawalSeen, read_statements
from dialogs.company import company
from dialogs.handoff.handoff import UNANSWERED
from dialogs.handoff.proposals import judge_proposal
from dialogs.kit import may_others_answer, need_slot
from dialogs.state import ConversationState
from services.accounts import accounts
from services.accounts.accounts import AccountRecord
from services.companies import companies
from services.contacts import codes
from services.contacts.codes import CodeState
from services.orders import order_record, withdrawals
from services.payments import kept, record
from services.payments.kept import KeptTransfer
from services.questions import own_answers
from services.questions.own_answers import OwnAnswer
from services.seller import card, rows
from services.store import timer_rows
from services.store.conversations import StoredConversation
from services.support import handoffs
from values import masked
from values.account_view import ANSWERS
from values.private import Private, PrivateStruct
from values.question import OwnQuestion
from values.seller import Seller


class ConversationView(PrivateStruct):
    """A conversation.

    `mine`: the agent who looks has it; `holder` is who has it, `request` the open wish; `passed_by`: who passed it on
    to the holder, who hasn't come yet; `due_at`: the customer is to have an answer by then.
    """

    conversation: StoredConversation
    case: Private[ConversationState]
    masks: Private[ContactMasks]
    name: Private[str | None]
    request: handoffs.HandoffRecord | None
    holder: str | None
    mine: bool
    passed_by: str | None = None
    passed_by_me: bool = False
    due_at: datetime | None = None

    @property
    def mode(self) -> str:
        """bot, waiting or agent."""
        return self.conversation.mode

    @property
    def reading(self) -> ContactAccess:
        """Return the contacts that the agent may read: who has the conversation reads what is written to them."""
        if not self.mine or self.request is None:
            return ContactAccess(self.masks)
        since = self.request.asked_at if self.case.handoff.wished else self.request.first_taken_at
        return ContactAccess(self.masks, since, keeps=not self.masks.email and not self.case.handoff.email)


def view_talk(
    connection: sa.Connection,
    sight: Sight,
    conversation: StoredConversation,
    *,
    agent_id: str,
    names: Mapping[str, str],
) -> ConversationView:
    """Return the conversation as this agent sees it. Errors: StoreUnavailable where a later release was at work."""
    case = sight.case(connection, conversation)
    masks = sight.masks(connection, conversation, case)
    request = handoffs.find_open_request(connection, conversation.id)
    holder = request.agent_id if request is not None else None
    passed_by = request.passed_by if request is not None else None
    return ConversationView(
        conversation=conversation,
        case=case,
        masks=masks,
        name=masks.name_of(case),
        request=request,
        holder=None if holder is None else names.get(holder, case.handoff.name or ""),
        mine=holder == agent_id,
        passed_by=None if passed_by is None else names.get(passed_by, ""),
        passed_by_me=passed_by == agent_id,
        due_at=None
        if holder is None
        else timer_rows.due_at(connection, (conversation.id,), UNANSWERED).get(conversation.id),
    )


Row = Mapping[str, Any]


class ContactSeen(PrivateStruct):
    """An e-mail or a number. `proven`: it reaches the customer; None for one that is no account's."""

    value: Private[str]
    proven: bool | None


class CardView(PrivateStruct):
    """A customer's card. `account` is its JSON, None without an account; `opened`: it shows contacts in full.

    `withdrawals` are the customer's statements, those that wait first; `contracts` the numbers that they may be about.
    `kept` is money that pays nothing; `back_at` says, by payment, since when its refund or its dispute is known;
    `own` are answers to the seller's own questions, by the id of the account, company or order.
    """

    account: Private[Row | None]
    contacts: tuple[ContactSeen, ...]
    codes: tuple[CodeState, ...]
    opened: bool
    masks: Private[ContactMasks | None] = None
    withdrawals: tuple[WithdrawalSeen, ...] = ()
    contracts: tuple[str, ...] = ()
    kept: tuple[KeptTransfer, ...] = ()
    back_at: Mapping[str, str | None] = {}
    own: Private[Mapping[str, tuple[OwnAnswer, ...]]] = field(default_factory=dict[str, tuple[OwnAnswer, ...]])

    def shown(self, words: str) -> str:
        """Return words that somebody typed, without contact data until the card is opened."""
        return words if self.opened else need_slot(self.masks).mask_said(words)

    @property
    def answers(self) -> list[tuple[str, str]]:
        """Return the answers kept with the account, by their names."""
        return [(name, self.account[name]) for name in ANSWERS if self.account is not None and self.account[name]]

    def rows(self, name: str) -> list[Row]:
        """Return a list of the card's: orders, payments, …"""
        return [] if self.account is None else list(self.account[name])

    def payments_of(self, order_number: str) -> list[Row]:
        """Return the payments of one order."""
        return [row for row in self.rows("payments") if row["order_number"] == order_number]

    def kept_of(self, order_number: str) -> list[KeptTransfer]:
        """Return the transfers kept for one order."""
        return [one for one in self.kept if one.order.number == order_number]


def view_card(
    connection: sa.Connection,
    talk: ConversationView,
    now: datetime,
    seller: Seller,
    *,
    opened: bool = False,
) -> CardView:
    """Return the card of whoever is in this conversation; agents see the answers to those questions that say so."""
    account_id = talk.conversation.account_id
    account = accounts.get(connection, account_id) if account_id is not None else None
    known = card.show_card(connection, account) if account is not None else None
    among = withdrawals.withdrawable_orders(connection, account.id, now) if account is not None else ()
    return CardView(
        account=known,
        contacts=tuple(_contacts(known, contacts(talk.case), opened=opened)),
        codes=tuple(codes.of_conversation(connection, talk.conversation.id, now)),
        opened=opened,
        masks=talk.masks,
        withdrawals=read_statements(connection, talk.conversation, seller.withdrawal.early),
        contracts=tuple(order.number for order in among),
        kept=tuple(kept.of_account(connection, account.id)) if account is not None else (),
        own=_own(connection, account, seller.own_questions, None if opened else talk.masks),
        back_at={one: rows.format_moment(at) for one, at in record.list_reversal_times(connection, account.id).items()}
        if account is not None
        else {},
    )


def _own(
    connection: sa.Connection,
    mine: AccountRecord | None,
    questions: tuple[OwnQuestion, ...],
    masks: ContactMasks | None,
) -> dict[str, tuple[OwnAnswer, ...]]:
    """Return the answers that agents see, by the id of the account, company or order, in the questions' order."""
    seen = [question for question in questions if question.shown_to("agent")]
    if mine is None or not seen:
        return {}
    about = (mine, *companies.of_account(connection, mine.id), *order_record.of_account(connection, mine.id))
    found = {one.id: own_answers.read_answers(one.own_answers) for one in about}
    return {id: tuple(_shown(given[q.id], q, masks) for q in seen if q.id in given) for id, given in found.items()}


def _shown(answer: OwnAnswer, question: OwnQuestion, masks: ContactMasks | None) -> OwnAnswer:
    if masks is None or answer.value is None:
        return answer
    return replace(answer, words=masks.mask_answer(question.expects, answer.words))


def _contacts(known: Row | None, said: tuple[str, ...], *, opened: bool) -> list[ContactSeen]:
    """Return the account's contacts first, then those only said in the conversation."""
    proven = {str(one["value"]): one["verified_at"] is not None for one in (known or {}).get("contacts", ())}
    if known is not None and known["email"]:
        proven.setdefault(str(known["email"]), False)
    found = {**dict.fromkeys(said), **proven}
    return [_seen(value, found[value], opened=opened) for value in sorted(found, key=lambda one: found[one] is None)]


def _seen(value: str, proven: bool | None, *, opened: bool) -> ContactSeen:
    hide = masked.email if "@" in value else masked.phone
    return ContactSeen(value if opened else hide(value), proven)


_COMPANY = {step.path: step.slots[0] for step in company.dialog.steps if step.slots and may_others_answer(step)}
"""The slot of each step of a company that an agent may answer."""


class WaitingCorrection(PrivateStruct):
    """An answer that waits: `new`, empty where it isn't known yet; `holds`, empty if nothing, until it is confirmed."""

    holds: Private[str]
    new: Private[str]


def find_corrections(case: ConversationState, masks: ContactMasks) -> Mapping[str, WaitingCorrection]:
    """By the path of the step whose new answer waits."""
    found: dict[str, WaitingCorrection] = {}
    here, saved = case.company, case.company.kept
    for path, slot in _COMPANY.items() if saved is not None else ():
        old, new = getattr(saved, slot), getattr(here, slot)
        if old is not None and old != new:
            found[path] = WaitingCorrection(str(old), str(new or ""))
    contact, account = case.contact, case.account
    if masks.proven is not None and contact.phone not in (None, masks.proven, contact.proven):
        found["contact.phone"] = WaitingCorrection(masks.proven, contact.phone)
    if account.asked_email is not None and account.asked_email != masks.email:
        found["account.email"] = WaitingCorrection(masks.email or "", account.asked_email)
    for proposal in case.handoff.proposals:
        # A week old it is marked as lapsed: until then nothing here depends on the hour.
        if judge_proposal(proposal, case, proposal.at) is None:
            found[proposal.step] = WaitingCorrection(proposal.old or "", proposal.new)
    return found
