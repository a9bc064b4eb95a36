"""One-time pages `/s/{token}`: passwords set and checked, addresses confirmed, forgotten log-ins.

Passwords are hashed and compared before the transaction; what a page writes and the event for its conversation are
stored together. A page never reveals whether an account exists. Must not be known here: HTTP and templates.
"""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from bot.conversation import codec
from bot.conversation.identity import derived_id, hash_network, marked_id
from bot.conversation.port import UnitOfWork
from bot.conversation.render import Renderer
from bot.usecases.accounts import on_file, own_statement, passwords
from bot.usecases.accounts.confirmation import confirm, confirm_by_reset
from bot.usecases.accounts.log_ins import LogInLetters, end_reported_log_in
from bot.usecases.accounts.page_results import (
    Accepted,
    FormRefused,
    Handed,
    HeldChat,
    LinkGone,
    PageText,
    PageView,
    TooMany,
    UnknownLink,
)
from bot.usecases.accounts.passwords import RightLogIn, end_log_ins, try_password
from bot.usecases.command_deps import limit_letter
from bot.usecases.companies.commands import find_left_company
from bot.usecases.privacy.pages import PURPOSES, OwnPages, PageDeps
from bot.usecases.reminders import stop_links
from bot.usecases.renewals.quotes import Quotes
from bot.usecases.seller.events import OF_NOBODY
from dialogs.messages.account import EmailReplaced, LoggedIn, LogInHeld, PasswordReplaced, PasswordSet, WayBegun
from dialogs.messages.contact import EmailProven
from dialogs.messages.letters import SendLetter, SendNote
from dialogs.messages.on_file import ProofFollowed
from dialogs.messages.payment import ForgetStored
from dialogs.versions import load
from services.accounts import accounts, credentials, held_log_ins, log_ins, mailbox_proofs, one_time_links
from services.accounts.one_time_links import OneTimeLink, Purpose
from services.contacts import contacts
from services.jobs.port import Outbox
from services.seller import seller_events
from services.store import conversations
from services.store.conversations import StoredConversation
from values import email as emails
from values.channel import Channel
from values.private import Secret
from values.rules import NOTE_EMAIL_REPLACED, NOTE_PASSWORD_REPLACED
from values.seller import Seller

_LOG_IN_STEP = "account.secure_page"


class AccountPages(PageDeps, frozen=True):
    """The pages' use cases for one seller."""

    hasher: credentials.PasswordHasher
    renderer: Renderer
    begun: LogInLetters
    own: OwnPages
    outbox: Outbox
    quotes: Quotes

    @property
    def ending(self) -> own_statement.EndingPages:
        """The page `/end`, which leads to one of these."""
        common = (self.desk, self.store, self.clock, self.seller, self.server_key, self.log_ins)
        return own_statement.EndingPages(*common, self.outbox)

    async def open(self, token: str, held: HeldChat | None = None) -> PageView | LinkGone | UnknownLink:
        """Return what the link leads to for the browser that holds this chat; change nothing."""
        link = await self._find(token)
        if link is None:
            return UnknownLink()
        of = await self.store.read(lambda c: conversations.load(c, link.conversation_id, lock=False))
        locale, chat = await self._whose(link, of)
        if link.state != "open" and link.purpose not in one_time_links.STOPS:
            confirms = link.purpose in ("confirm_email", "register")
            why = "confirmed" if confirms and link.state == "used" else link.state
            again = link.purpose == "taken_log_in" and link.state == "expired"
            return LinkGone("replaced" if why == "cancelled" else why, self.seller.name, locale, chat, again)
        criteria = (
            passwords.list_criteria(self.seller.password) if link.purpose in ("set_password", "reset_password") else ()
        )
        by_number = self.seller.sign_up.by == "customer_number"
        said = await self.own.said(link) if link.purpose in PURPOSES else ()
        if (asks := own_statement.ASKS.get(link.purpose)) is not None:
            about = await self.store.read(lambda c: own_statement.find_owner(c, link, self.seller))
            if about is None:
                return LinkGone("used", self.seller.name, locale)
            said = (PageText("stated", {"words": self.renderer.words(asks, about[1], locale)}),)
        forgot = tuple((way, self.renderer.words(f"option.start.{way}", {}, locale)) for way in self._forgot(link, of))
        return PageView(
            link.told_as,
            self.seller.name,
            locale,
            link.expires_at,
            criteria,
            chat,
            by_number,
            said,
            forgot,
            self._questions(link, locale),
            self.seller.password.repeat,
            self._login(link, of),
            link.purpose == "log_in" and _is_held(of, held),
        )

    def _login(self, link: OneTimeLink, of: StoredConversation | None) -> str:
        """Return the address that was given in this link's chat for a new account; of nobody else is anything told."""
        if of is None or link.told_as != "set_password" or self.seller.sign_up.by != "email":
            return ""
        given = (of.state.get("account") or {}).get("email")
        return given if isinstance(given, str) else ""

    def _questions(self, link: OneTimeLink, locale: str) -> tuple[tuple[str, str], ...]:
        """Return the titles and answers of what the profile's log-in step offers."""
        offered = self.seller.questions_at(_LOG_IN_STEP) if link.purpose in ("log_in", "taken_log_in") else ()
        words = self.renderer.words
        return tuple((words(f"faq.{one}.title", {}, locale), words(f"faq.{one}", {}, locale)) for one in offered)

    async def submit(
        self, token: str, fields: Mapping[str, Secret], address: str | None, chat: HeldChat | None = None
    ) -> Accepted | Handed | FormRefused | TooMany | LinkGone | UnknownLink:
        """Take the form of an open link; of a log-in that waits for its digits, the same form once more."""
        link = await self._find(token)
        if link is None or (link.state != "open" and link.purpose not in one_time_links.STOPS):
            again = await self._again(link, fields, address, chat) if link is not None else None
            gone = await self.open(token) if again is None else again
            return UnknownLink() if isinstance(gone, PageView) else gone
        match link.purpose:
            case "confirm_email":
                outcome = await self._confirm(link)
            case "register":
                outcome = await self._prove(link)
            case "log_in" | "taken_log_in":
                outcome = await self._log_in(link, fields, address, chat)
            case "log_in_digits":
                outcome = None  # its token is nobody's
            case "change_email":
                outcome = await self._change_email(link, fields, address)
            case "set_password" | "reset_password":
                outcome = await self._set_password(link, fields, address)
            case "stop_reminders" | "stop_unfinished":
                outcome = await self.desk.happen(lambda tx: stop_links.stop_by_link(tx, link, self.server_key))
            case "not_me":
                outcome = await self.desk.happen(lambda tx: end_reported_log_in(tx, link, self.seller, self.server_key))
            case "prove_withdrawal" | "end_contract":
                confirm = own_statement.carry_out_statement
                outcome = await self.desk.happen(lambda tx: confirm(tx, link, self.seller, self.outbox))
            case "export" | "export_files" | "erase":
                outcome = await self.own.submit(link, fields, address)
        if outcome is not None:
            return outcome
        # Another POST won: somebody else's, or the first of a double press, whose answer no browser shows.
        again = await self._log_in_again(link, fields, address, chat)
        late = await self.open(token) if again is None else again
        return UnknownLink() if isinstance(late, PageView) else late

    # --- the address ---

    async def _confirm(self, link: OneTimeLink) -> Accepted | None:
        def work(tx: UnitOfWork) -> Accepted | None:
            mine = confirm(tx.connection, link, server_key=self.server_key, now=tx.now)
            if mine is None:
                return None
            if isinstance(mine, contacts.ContactTaken):
                return Accepted("email_confirmed", self._log_in_page(tx, link))
            tx.tell(link.conversation_id, EmailProven(mine.email, tx.now))
            tx.publish(seller_events.contact_verified(mine.id, "email", mine.email_key, mine.status, tx.now))
            return Accepted("email_confirmed")

        return await self.desk.happen(work)

    async def _prove(self, link: OneTimeLink) -> Accepted | None:
        """Prove the mailbox of a customer on file, and open the page for the password."""

        def work(tx: UnitOfWork) -> Accepted | None:
            if not self._still_registering(tx, link):
                one_time_links.cancel(tx.connection, conversation_id=link.conversation_id, purpose="register")
                return None
            if not one_time_links.use(tx.connection, link_id=link.id, now=tx.now):
                return None
            page = marked_id(self.server_key, f"{link.id}:page")
            self._issue(tx, link, page, "set_password", {})
            tx.tell(link.conversation_id, ProofFollowed(link.id, page, tx.now))
            return Accepted("email_confirmed", self._path(page))

        return await self.desk.happen(work)

    def _still_registering(self, tx: UnitOfWork, link: OneTimeLink) -> bool:
        """Return whether the registration behind this letter is unfinished and hasn't asked for another one."""
        found = conversations.load(tx.connection, link.conversation_id, lock=False)
        if found is None:
            return False
        case = load(found.state)
        return case.account.entry == "sign_up" and case.account.id is None and case.contact.letter == link.id

    def _log_in_page(self, tx: UnitOfWork, link: OneTimeLink) -> str:
        """Issue a log-in page: the address has an account already."""
        link_id = marked_id(self.server_key, f"{link.id}:log_in")
        self._issue(tx, link, link_id, "log_in", {"owner": True})
        return self._path(link_id)

    def _issue(
        self,
        tx: UnitOfWork,
        link: OneTimeLink,
        link_id: str,
        purpose: Purpose,
        data: dict[str, Any],
        account_id: str | None = None,
    ) -> None:
        """Issue another link of this one's conversation."""
        one_time_links.issue(
            tx.connection,
            link_id=link_id,
            purpose=purpose,
            conversation_id=link.conversation_id,
            account_id=account_id,
            data=data,
            server_key=self.server_key,
            now=tx.now,
        )

    def _path(self, link_id: str) -> str:
        return f"/s/{one_time_links.token_of(self.server_key, link_id)}"

    # --- a new password ---

    async def _set_password(
        self, link: OneTimeLink, fields: Mapping[str, Secret], address: str | None
    ) -> Accepted | FormRefused | None:
        password, again = fields.get("password"), fields.get("password_repeat")
        if not password or (not again and (again is not None or self.seller.password.repeat)):
            return FormRefused((PageText("missing", {}),))
        reasons = await self._unmet(link, password)
        if again is not None and password != again:
            reasons = (*reasons, PageText("differ", {}))
        if reasons:
            return FormRefused(reasons)
        hashed = await self.hasher.hash(password.reveal())
        credential = derived_id(self.server_key, f"{link.id}:credential")

        def work(tx: UnitOfWork) -> Accepted | None:
            if not on_file.may_link_open_account(tx, link, self.server_key):
                one_time_links.cancel(tx.connection, conversation_id=link.conversation_id, purpose=link.purpose)
                return None
            if not one_time_links.use(tx.connection, link_id=link.id, now=tx.now):
                return None
            credentials.store(tx.connection, credential, hashed, tx.now)
            if link.purpose == "set_password":
                tx.tell(link.conversation_id, PasswordSet(link.id, credential))
                return Accepted("password_set")
            self._replace(tx, link, credential, address)
            return Accepted("password_set" if link.told_as == "set_password" else "password_changed")

        return await self.desk.happen(work)

    def _replace(self, tx: UnitOfWork, link: OneTimeLink, credential: str, address: str | None) -> None:
        """Replace the account's password; of a customer on file it is the first, and opens the account."""
        if link.account_id is not None:
            accounts.set_password(tx.connection, account_id=link.account_id, credential_id=credential)
            self.log_ins.trust(tx.connection, link.account_id, address, tx.now)
            end_log_ins(tx, link.account_id, "password", but=link.conversation_id)
            self._note(tx, link, SendNote(NOTE_PASSWORD_REPLACED, link.account_id))
            # Whoever else asked for a reset of this account must not use it after this one.
            one_time_links.cancel_of_account(
                tx.connection, account_id=link.account_id, purposes=("reset_password", "taken_log_in")
            )
        elif "customer" in link.data:
            found = conversations.load(tx.connection, link.conversation_id, lock=False)
            locale = found.locale if found is not None else self.seller.locales[0]
            on_file.open_account(tx, link, credential, self.server_key, locale)
        else:
            return
        tx.tell(link.conversation_id, PasswordReplaced(self._prove_by_reset(tx, link)))

    def _prove_by_reset(self, tx: UnitOfWork, link: OneTimeLink) -> bool:
        """Prove the mailbox that the letter went to; True if what was left in the account is dropped by that."""
        proven = confirm_by_reset(tx.connection, link, server_key=self.server_key, now=tx.now)
        if proven is None:
            return False
        mine, ways = proven
        tx.publish(seller_events.contact_verified(mine.id, "email", mine.email_key, mine.status, tx.now))
        for id in ways or ():
            self.outbox.leave(tx.connection, codec.stored_job(f"{link.id}:{id}", OF_NOBODY, ForgetStored(id), tx.now))
        return ways is not None

    def _note(self, tx: UnitOfWork, link: OneTimeLink, note: SendNote) -> None:
        """Mail it in the language of the link's conversation, whoever is logged in there."""
        job = codec.stored_job(f"{link.id}:{note.note}", link.conversation_id, note, tx.now)
        self.outbox.leave(tx.connection, job)

    async def _unmet(self, link: OneTimeLink, password: Secret) -> tuple[PageText, ...]:
        context = [self.seller.name, *await self._known_words(link)]
        return passwords.list_refusal_reasons(password.reveal(), self.seller.password, context)

    async def _known_words(self, link: OneTimeLink) -> list[str]:
        """Return the customer's own words, which a password must not be built on."""
        found = await self.store.read(lambda c: conversations.load(c, link.conversation_id, lock=False))
        places = (("account", "email"), ("contact", "email"), ("contact", "phone"), ("on_file", "number"))
        words = [(found.state.get(part) or {}).get(slot) for part, slot in places] if found is not None else []
        return [word for word in words if isinstance(word, str)]

    # --- log-in ---

    async def _log_in(
        self, link: OneTimeLink, fields: Mapping[str, Secret], address: str | None, chat: HeldChat | None
    ) -> Accepted | FormRefused | TooMany | None:
        forgotten = fields.get("forgot")
        if forgotten is not None:
            of = await self.store.read(lambda c: conversations.load(c, link.conversation_id, lock=False))
            if (way := forgotten.reveal()) in self._forgot(link, of):
                return await self.desk.happen(lambda tx: begin_way_in(tx, link, way))
        typed = (fields.get("login"), fields.get("password"))
        tried = await try_password(self.log_ins, *typed, address, wrong="wrong_login", shadows=_anybodys(link))
        if not isinstance(tried, RightLogIn):
            return tried

        def work(tx: UnitOfWork) -> Accepted | None:
            self.log_ins.take_back(tx.connection, tried, tx.now)
            if not one_time_links.use(tx.connection, link_id=link.id, now=tx.now):
                return None
            view = self.quotes.view(tx.connection, tried.account_id, tx.now)
            if view is None:
                return None
            here = link.conversation_id
            stood = conversations.load(tx.connection, here, lock=False)
            holds, typed = _is_held(stood, chat), find_left_company(tx.connection, stood, view)
            if not holds and self._is_apart(tx, link, tried.account_id):
                return self._hold(tx, link, tried.account_id)
            self._end_others(tx, here, tried.account_id)
            self.begun.begin(tx.connection, account_id=tried.account_id, conversation_id=here, now=tx.now)
            if chat is not None and holds:
                conversations.turn(tx.connection, here, chat.next_holder)
            tx.tell(link.conversation_id, LoggedIn(view, stays=holds and "stay" in fields, typed=typed))
            return Accepted("logged_in", turned=holds)

        return await self.desk.happen(work)

    def _is_apart(self, tx: UnitOfWork, link: OneTimeLink, account_id: str) -> bool:
        """Return whether whoever knows the password may be somebody else than who has the chat.

        The browser doesn't hold it, and this account was never in it (docs/decisions/log-ins.md).
        """
        here = conversations.load(tx.connection, link.conversation_id, lock=False)
        if here is None or not Channel(here.channel).matches_digits:
            return False
        return log_ins.is_first(tx.connection, account_id=account_id, conversation_id=link.conversation_id)

    def _hold(self, tx: UnitOfWork, link: OneTimeLink, account_id: str) -> Accepted:
        """Hold the log-in until the chat has said the digits; an earlier one of somebody else's is refused."""
        id = self._held_id(link)
        self._end_others(tx, link.conversation_id, account_id)
        held_log_ins.hold(
            tx.connection,
            held_id=id,
            account_id=account_id,
            conversation_id=link.conversation_id,
            server_key=self.server_key,
            now=tx.now,
        )
        tx.tell(link.conversation_id, LogInHeld(link.id, id, tx.now + held_log_ins.LASTS))
        return Accepted("digits", digits=held_log_ins.digits(self.server_key, id))

    def _end_others(self, tx: UnitOfWork, here: str, account_id: str) -> None:
        """End what is held in the chat: this log-in takes its place. The owners of other accounts are told."""
        for other in held_log_ins.end(tx.connection, here, but_of=account_id):
            self.begun.tell(tx.connection, account_id=other, conversation_id=here, end="refused", now=tx.now)

    async def _again(
        self, link: OneTimeLink, fields: Mapping[str, Secret], address: str | None, chat: HeldChat | None
    ) -> Accepted | TooMany | None:
        """Take what a link that opens no more is still good for."""
        if link.purpose == "taken_log_in" and link.state == "expired":
            again = "again" in fields
            return await self.desk.happen(lambda tx: self._mail_again(tx, link, address)) if again else None
        return await self._log_in_again(link, fields, address, chat)

    def _mail_again(self, tx: UnitOfWork, link: OneTimeLink, address: str | None) -> Accepted:
        """Mail another log-in link to the same address, once; the answer is the same whether one leaves or not."""
        said, id = Accepted("letter_again"), marked_id(self.server_key, f"{link.id}:again")
        mine = accounts.get(tx.connection, link.account_id) if link.account_id is not None else None
        mailed = one_time_links.get(tx.connection, link_id=id, now=tx.now) is not None
        to = str(link.data.get("to", ""))
        if mine is None or mailed or not one_time_links.is_addressee(self.server_key, to, mine.email_key):
            return said
        key, quotas = self.server_key, self.log_ins.quotas
        of = (link.conversation_id, hash_network(key, address))
        if limit_letter(tx.connection, mine.email_key, of=of, server_key=key, now=tx.now, quotas=quotas) is None:
            self._issue(tx, link, id, link.purpose, link.data, link.account_id)
            job = codec.stored_job(f"{id}:letter", link.conversation_id, SendLetter(id, mine.email), tx.now)
            self.outbox.leave(tx.connection, job)
        return said

    async def _log_in_again(
        self, link: OneTimeLink, fields: Mapping[str, Secret], address: str | None, chat: HeldChat | None
    ) -> Accepted | TooMany | None:
        """Give the answer again to whoever sends the same form: the browser that reloads, or that got none."""
        if link.purpose not in ("log_in", "taken_log_in"):
            return None
        now, id = self.clock.now(), self._held_id(link)
        held = await self.store.read(lambda c: held_log_ins.find_held_log_in(c, id, now))
        waits = held is not None and held.state == "open"
        turned = await self.store.read(lambda c: _is_turned(c, link.conversation_id, chat))
        if not waits and not turned:
            return None
        typed = (fields.get("login"), fields.get("password"))
        tried = await try_password(self.log_ins, *typed, address, wrong="wrong_login", shadows=_anybodys(link))
        if isinstance(tried, TooMany):
            return tried
        if not isinstance(tried, RightLogIn) or (held is not None and tried.account_id != held.account_id):
            return None
        await self.desk.happen(lambda tx: self.log_ins.take_back(tx.connection, tried, tx.now))
        if not waits:
            return Accepted("logged_in", turned=True)
        return Accepted("digits", digits=held_log_ins.digits(self.server_key, id))

    def _held_id(self, link: OneTimeLink) -> str:
        return marked_id(self.server_key, f"{link.id}:digits")

    def _forgot(self, link: OneTimeLink, of: StoredConversation | None) -> tuple[str, ...]:
        return list_offered_ways(link, of, self.seller) if _anybodys(link) else ()

    # --- another e-mail ---

    async def _change_email(
        self, link: OneTimeLink, fields: Mapping[str, Secret], address: str | None
    ) -> Accepted | FormRefused | TooMany | None:
        """Replace the e-mail: the e-mailed link proves the mailbox, the password the person."""
        mine = await self._holder(link)
        password, email = fields.get("password"), str(link.data.get("email", ""))
        if mine is None:
            return None
        tried = await try_password(
            self.log_ins, Secret(mine.email), password, address, wrong="wrong_password", of=mine.id
        )
        if not isinstance(tried, RightLogIn):
            return tried

        def work(tx: UnitOfWork) -> Accepted | FormRefused | None:
            self.log_ins.take_back(tx.connection, tried, tx.now)
            key = emails.key(email)
            if contacts.owner_of(tx.connection, "email", key) not in (None, mine.id):
                return FormRefused((PageText("email_taken", {}),))
            if not one_time_links.use(tx.connection, link_id=link.id, now=tx.now):
                return None
            replaced = mailbox_proofs.replace_email(
                tx.connection, account_id=mine.id, email=email, email_key=key, now=tx.now
            )
            if isinstance(replaced, contacts.ContactTaken):
                return FormRefused((PageText("email_taken", {}),))
            one_time_links.cancel_of_account(
                tx.connection, account_id=mine.id, purposes=("reset_password", "taken_log_in")
            )
            end_log_ins(tx, mine.id, "email", but=link.conversation_id)
            if link.conversation_id in replaced.conversations:
                tx.tell(link.conversation_id, EmailReplaced(email, tx.now, replaced.old))
            else:
                self._note(tx, link, SendNote(NOTE_EMAIL_REPLACED, mine.id, replaced.old))
            tx.publish(seller_events.contact_verified(mine.id, "email", key, mine.status, tx.now))
            return Accepted("email_replaced")

        return await self.desk.happen(work)

    async def _holder(self, link: OneTimeLink) -> accounts.AccountRecord | None:
        whose = link.account_id
        return await self.store.read(lambda c: accounts.get(c, whose)) if whose is not None else None

    # --- what all pages share ---

    async def _find(self, token: str) -> OneTimeLink | None:
        now = self.clock.now()
        return await self.store.read(lambda c: one_time_links.find(c, token=token, now=now))

    async def _whose(self, link: OneTimeLink, found: StoredConversation | None) -> tuple[str, str | None]:
        whose = link.account_id
        if found is None or link.purpose in ("not_me", "prove_withdrawal"):  # that chat may be a stranger's
            mine = await self.store.read(lambda c: accounts.get(c, whose)) if whose is not None else None
            return mine.locale if mine is not None else self.seller.locales[0], None
        return found.locale, found.way_back


def _is_held(here: StoredConversation | None, chat: HeldChat | None) -> bool:
    return chat is not None and here is not None and here.channel == "web" and here.holder == chat.holder


def _is_turned(connection: sa.Connection, conversation_id: str, chat: HeldChat | None) -> bool:
    """Return whether it was this page that turned what holds the conversation: its answer may have got lost."""
    here = conversations.load(connection, conversation_id, lock=False)
    return chat is not None and here is not None and here.session == chat.next_holder


def _anybodys(link: OneTimeLink) -> bool:
    """Return whether the log-in page is shown in the chat, rather than linked in an e-mail.

    In the chat a shadow account opens like any unfinished sign-up; else its creator would learn that the e-mail is
    taken.
    """
    return link.purpose == "log_in" and not link.data.get("owner")


WAYS = ("forgot_password", "forgot_username")


def list_offered_ways(link: OneTimeLink, conversation: StoredConversation | None, seller: Seller) -> tuple[str, ...]:
    """Return the forgotten log-ins that this page offers; none unless its chat shows it now."""
    if link.purpose != "log_in" or conversation is None:
        return ()
    account = load(conversation.state).account
    shown = account.page == link.id and account.id is None
    return tuple(way for way in WAYS if way in seller.entries) if shown else ()


def begin_way_in(tx: UnitOfWork, link: OneTimeLink, way: str) -> Accepted | None:
    """Lead the chat there; None if somebody else's POST won."""
    if not one_time_links.use(tx.connection, link_id=link.id, now=tx.now):
        return None
    tx.tell(link.conversation_id, WayBegun(link.id, way))
    return Accepted(way)
