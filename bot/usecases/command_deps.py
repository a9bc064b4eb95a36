"""Dependencies of commands, and the work that several share: links, e-mails, consents with their exact words."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Any, TypeVar

import sqlalchemy as sa
from msgspec import Struct, field

from bot.conversation.metrics import Metrics
from bot.conversation.render import Renderer
from bot.conversation.turn import CommandContext
from bot.usecases.accounts.log_ins import LogInLetters
from bot.usecases.renewals.quotes import Quotes, product_names
from dialogs.kit import Command, Event
from dialogs.lost import fit_case
from dialogs.state import ConversationState
from dialogs.versions import load
from services import limits
from services.accounts import accounts, consents, one_time_links
from services.contacts import codes
from services.contacts.code_quotas import LETTER
from values import email as emails
from values.consent import Acceptance, Consent
from values.seller import Seller

# Letters cost nothing to ask for, so somebody might have them pour into another's mailbox: so many to one address, so
# many from one conversation and from one network address.
LETTERS = (
    limits.Rule("letters from", 10, timedelta(hours=1)),
    limits.Rule("letters from a network", 30, timedelta(hours=1)),
    limits.Rule("letters to", 5, timedelta(hours=1)),
    limits.Rule("letters to, a day", 15, timedelta(days=1)),
)
HELD_BACK = ""
"""The letter that isn't sent for the sake of these limits."""
LASTING: tuple[one_time_links.Purpose, ...] = ("confirm_email", "register")
"""Those whose link lives as long as the profile says. One that logs in lives as long as any page that does."""
MAILED: tuple[one_time_links.Purpose, ...] = (*LASTING, "taken_log_in")
"""The letters that follow a sign-up."""


def limit_letter(
    connection: sa.Connection,
    email_key: str,
    *,
    of: tuple[str, str | None],
    server_key: bytes,
    now: datetime,
    quotas: bool,
) -> str | None:
    """Count one more letter to an address; return the scope of the limit that holds it back, None if none does.

    `of`: the conversation that it is for, and the network that asks for it.
    """
    mailbox = emails.mailbox(email_key)
    for rule, subject in zip(LETTERS, (*of, mailbox, mailbox), strict=True):
        if not limits.allow(connection, rule, subject, server_key=server_key, now=now, quotas=quotas):
            return rule.scope
    return None


class CommandDeps(Struct, frozen=True):
    """Dependencies of commands, for one seller.

    `log_ins` begins log-ins and writes to their owner; `providers` names the payment provider of a method, `charges`
    says whether one charges it; `quotas`: rate limits are enforced; `looks_up`: the seller's own system is asked for
    customers.
    """

    seller: Seller
    renderer: Renderer
    server_key: bytes
    quotas: bool
    log_ins: LogInLetters
    providers: Callable[[str], str]
    looks_up: bool = False
    metrics: Metrics = field(default_factory=Metrics)
    charges: Callable[[str], bool] = lambda _method: True

    @property
    def opens_by_reset(self) -> bool:
        """Customers on file get their account by setting a password: with a seller whose customers can't sign up."""
        return "sign_up" not in self.seller.entries and "forgot_password" in self.seller.entries

    @property
    def quotes(self) -> Quotes:
        """The prices of renewals, and the outlooks of terms."""
        return Quotes(self.seller, self.providers, self.charges, partial(product_names, self.renderer, self.seller))

    def fitted(self, state: Mapping[str, Any]) -> ConversationState:
        """Read what another conversation knows, without what this profile has lost of it."""
        case = load(state)
        return fit_case(case, self.seller, lambda key: self.renderer.has(key, case.talk.locale))

    def link(self, context: CommandContext, purpose: str, account_id: str | None, data: dict[str, Any]) -> None:
        """Issue a one-time link under the command's id; the conversation's older one of this purpose dies."""
        one_time_links.issue(
            context.connection,
            link_id=context.id,
            purpose=one_of(one_time_links.PURPOSES, purpose),
            conversation_id=context.conversation.id,
            account_id=account_id,
            data=data,
            server_key=self.server_key,
            now=context.now,
            ttl=self.seller.manners.link_ttl if purpose in LASTING else None,
        )

    def letter(self, context: CommandContext, account_id: str, *, taken: bool) -> str:
        """Return the link of the letter that follows a sign-up.

        It confirms a free address, leads a taken one to log-in. The letter to a free one holds a code beside it. To a
        taken one there is a code, too, which nobody is told: a try there ends as any other wrong one.

        The account's earlier letters die, from whichever conversation they were sent: they may be in a mailbox that
        isn't the account's any more.
        """
        mine = accounts.get(context.connection, account_id)
        if mine is None:
            raise LookupError("no such account")
        if not self.may_write(context, mine.email_key):
            return HELD_BACK
        one_time_links.cancel_of_account(context.connection, account_id=account_id, purposes=MAILED)
        bound = {"to": one_time_links.make_address_mark(self.server_key, mine.email_key)}
        self.link(context, "taken_log_in" if taken else "confirm_email", account_id, bound)
        codes.issue(
            context.connection,
            challenge_id=context.id,
            purpose=LETTER,
            target=emails.mailbox(mine.email_key),
            conversation_id=context.conversation.id,
            server_key=self.server_key,
            now=context.now,
            quotas=False,
        )
        return context.id

    def is_user_name(self, typed: str) -> bool:
        """Return whether the text has the form of the user names that the desk makes."""
        names = self.seller.sign_up.user_names
        if names is None:
            return False
        head, _, tail = names.pattern.casefold().partition("{number}")
        number = typed.strip().casefold().removeprefix(head).removesuffix(tail)
        return number.isdecimal() and typed.strip().casefold() == f"{head}{number}{tail}"

    def may_write(self, context: CommandContext, email_key: str) -> bool:
        """Return whether one more letter may go to this address, and count it for its mailbox."""
        held = limit_letter(
            context.connection,
            email_key,
            of=(context.conversation.id, context.network),
            server_key=self.server_key,
            now=context.now,
            quotas=self.quotas,
        )
        if held is not None:
            self.metrics.held_back.labels("mail", held).inc()
        return held is None

    def still(self, accepted: Acceptance) -> bool:
        """Return whether the profile's document still has the words and the version that the customer accepted."""
        known = (one for one in self.seller.documents if one.id == accepted.id)
        return any(one.is_still(accepted) for one in known)

    def consent(self, context: CommandContext, account_id: str | None, asked: Consent, given: Acceptance) -> None:
        """Record who agreed to which words of `asked`, when, where and how; such rows only grow.

        Without an account it is the conversation's.
        """
        consents.record(
            context.connection,
            account_id=account_id,
            conversation_id=context.conversation.id,
            consent_id=asked.id,
            version=given.version,
            locale=given.locale,
            words=asked.words_in(given.locale),
            given=given.given,
            channel=context.conversation.channel,
            how=given.how,
            now=given.at,
        )

    def take_back(self, context: CommandContext, account_id: str, consent_id: str, how: str) -> bool:
        """Record the withdrawal of a consent; False if it doesn't stand."""
        return consents.withdraw(
            context.connection,
            account_id=account_id,
            conversation_id=context.conversation.id,
            consent_id=consent_id,
            channel=context.conversation.channel,
            how=how,
            now=context.now,
        )

    def documents(self, context: CommandContext, account_id: str, accepted: tuple[Acceptance, ...]) -> None:
        """Record the acceptance of these documents."""
        for one in accepted:
            self.consent(context, account_id, self.seller.document(one.id), one)


C = TypeVar("C", bound=Command)
Handler = Callable[[CommandDeps, C, CommandContext], Event]
HANDLERS: dict[type[Command], Handler[Any]] = {}
"""The function of each command, by `handles`."""


def handles(kind: type[C]) -> Callable[[Handler[C]], Handler[C]]:
    """Declare the function that does a command. Errors: TypeError for a second one."""

    def declare(handler: Handler[C]) -> Handler[C]:
        if HANDLERS.setdefault(kind, handler) is not handler:
            raise TypeError(f"{kind.__name__} has two functions")
        return handler

    return declare


def one_of(allowed: tuple[Any, ...], value: str) -> Any:
    """Return the value, known to be one of the literals. Errors: ValueError."""
    if value not in allowed:
        raise ValueError(f"{value!r} is none of {allowed}")
    return value
