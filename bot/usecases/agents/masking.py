"""Customers' names and contact data as agents see them: masked until an agent opens the card, which is audited.

`ContactMasks` decides, for all places where agents read: the console, its search and queue, the agents' group, the help
desk, letters to support. What a mask is stands with the kind of answer.
"""

import re
from collections.abc import Iterator
from functools import partial

import sqlalchemy as sa

from bot.conversation.conversation_states import ConversationStates
from dialogs.kit import Journey
from dialogs.state import ConversationState
from nlu.entities.extract import extract
from nlu.languages.shipped import KNOWN, order_langs
from services.accounts import account_view, accounts
from services.contacts import contacts as accounts_contacts
from services.store.journal import CUSTOMER
from values import email, masked
from values.kinds import MASKS, kind_of
from values.kinds.kind import Mask
from values.meaning import Expects
from values.parsing import Ok, only_digits
from values.patterns import cached_property
from values.private import Private, PrivateStruct

_MASKED_NUMBER = re.compile(rf"(?:\+\d+ )?{masked.HIDDEN}+ {masked.HIDDEN}+ (\w+)")
_SHOWN = re.compile(rf"{masked.HIDDEN}|\d,\d\d$")  # hidden already, or a sum
_ENTITIES = frozenset(kind_of(expects).entity for expects in MASKS)
_TELLING = 9  # digits at the end by which a number is known again, whatever stands before them


class ContactMasks(PrivateStruct, dict=True):
    """Hides the contact data of one conversation. No value has to be known for that: each is found by its form.

    `known` are those that the conversation has, hidden whatever they look like; `own` are the seller's own addresses,
    which nobody hides.
    """

    journey: Journey
    known: Private[tuple[str, ...]] = ()
    own: frozenset[str] = frozenset()
    locale: str = ""
    proven: Private[str | None] = None  # the account's number
    email: Private[str | None] = None  # the account's, or given for it
    name: Private[str | None] = None  # of its holder

    def mask_line(self, words: str, kind: str, step: str | None = None) -> str:
        """Return a line of the journal; at `step` the customer said it."""
        return self.mask_said(words, step) if kind == CUSTOMER else self.mask_text(words)

    def mask_text(self, text: str) -> str:
        """Return what the bot or an agent said, or a title or a row that it was shown with."""
        return self._by_form(text, None)

    def mask_said(self, text: str, step: str | None = None) -> str:
        """Return the customer's own words: contact data also as it is spoken or spelled, or mistyped at its step."""
        here = self.journey.known(step)
        asked = here.expects if here is not None else None
        shown = self._by_form(text, asked)
        if asked is not None and (mask := MASKS.get(asked)) is not None:
            shown = mask.attempt.sub(lambda one: one[0] if masked.HIDDEN in one[0] else mask.hide(one[0]), shown)
        told, at = "", 0
        for start, end, value in self._spoken(shown, asked):
            if start >= at:
                told, at = f"{told}{shown[at:start]}{value}", end
        return told + shown[at:]

    def mask_answer(self, expects: Expects, words: str) -> str:
        """Return an answer to a question of this kind; digits of another kind are what they are."""
        kind, mask = kind_of(expects), MASKS.get(expects)
        if words and mask is not None:
            return mask.hide(words)
        return words if kind.form == "digits" or kind.counts else self.mask_said(words)

    def name_of(self, case: ConversationState) -> str | None:
        """Return the customer's name, or a masked contact; None if none is known."""
        if named := self.name or case.orderer.name or case.company.name:
            return self.mask_text(named)
        if address := self.email or case.contact.email or case.handoff.email:
            return masked.email(address)
        phone = self.proven or case.contact.proven or case.contact.phone
        return masked.phone(phone) if phone else None

    def _by_form(self, text: str, asked: Expects | None) -> str:
        for mask in MASKS.values():
            text = mask.form.sub(partial(self._shown, mask, asked), text)
        return text

    def _shown(self, mask: Mask, asked: Expects | None, found: re.Match[str]) -> str:
        hides = mask.is_value(found, asked) or self._is_known(found[0])
        return mask.hide(found[0]) if hides and not self._is_own(found[0]) else found[0]

    def _spoken(self, text: str, asked: Expects | None) -> Iterator[tuple[int, int, str]]:
        """Yield where values stand that no form finds, as "anna at example dot com", each with what is shown of it."""
        for one in extract(text, order_langs(KNOWN, self.locale), kind_of(asked).entity if asked is not None else ""):
            start, end = one.start or 0, one.end or 0
            found = text[start:end] if one.valid and (one.entity in _ENTITIES or "@" in one.value) else ""
            if found and not _SHOWN.search(found):
                yield start, end, self._by_form(one.value, asked)

    def _is_known(self, piece: str) -> bool:
        digits = only_digits(piece)
        return any(digits.endswith(end) for end in self._ends)

    def _is_own(self, piece: str) -> bool:
        return "@" in piece and email.key(piece) in self.own

    @cached_property
    def _ends(self) -> frozenset[str]:
        ends = {only_digits(one)[-_TELLING:] for one in self.known if "@" not in one}
        return frozenset(end for end in ends if len(end) > _TELLING // 2)


def masks_of(
    states: ConversationStates, connection: sa.Connection, account_id: str | None, case: ConversationState
) -> ContactMasks:
    """Return the masks of a conversation in this state, logged in to this account."""
    account = accounts.get(connection, account_id) if account_id is not None else None
    email_, name = (account.email, account.person_name) if account else (case.account.email, case.account.name)
    mine = accounts_contacts.of_account(connection, account_id) if account_id is not None else []
    best = account_view.choose_best_contact(mine, "phone")
    steps = (step for step in states.journey.steps if step.expects in MASKS and step.slots)
    answers = (step.answer_in(getattr(case, step.dialog)) for step in steps)
    own = frozenset(email.key(fact) for fact in states.renderer.facts.values() if "@" in fact)
    known = {*contacts(case), *(one.value for one in mine), *(str(answer) for answer in answers if answer)}
    proven = best.value if best is not None and best.verified_at is not None else None
    return ContactMasks(states.journey, tuple(sorted(known)), own, case.talk.locale, proven, email_, name)


def emails_in(text: str) -> tuple[str, ...]:
    """Return the e-mail addresses that the text names, each once."""
    found = (email.parse(at[0]) for at in masked.EMAIL_FORM.finditer(text))
    return tuple(dict.fromkeys(one.value for one in found if isinstance(one, Ok)))


def find_guest_digits(name: str) -> str | None:
    """Return the digits by which a customer is known who is called by a masked number; None for any other name."""
    found = _MASKED_NUMBER.fullmatch(name)
    return found[1] if found else None


def contacts(case: ConversationState) -> tuple[str, ...]:
    """Return the customer's e-mails and numbers that the conversation knows of, used or not."""
    known = (
        *(case.account.email, case.account.next_email, case.account.asked_email),
        *(case.account.reset_email, case.account.username_email, *case.account.domain_asked),
        *(case.contact.email, case.contact.phone, case.contact.proven),
        *(case.orderer.email, case.orderer.phone, case.orderer.invoice_email),
        *(case.handoff.email, case.company.holder_email),
    )
    return tuple(dict.fromkeys(one for one in known if one))
