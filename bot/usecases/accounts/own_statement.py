"""The pages on which a contract's account confirms what was stated without it, and ends what it has renewed.

A statement of withdrawal by somebody who isn't logged in to the contract's account waits until that account stands
behind it: *yes, that was me*. A contract's end is asked for on the page `/end`. The link is in a letter to the proven
address of the account; whoever ignores it loses nothing.
"""

from collections.abc import Mapping

import sqlalchemy as sa

from bot.conversation import codec
from bot.conversation.identity import hash_network, marked_id
from bot.conversation.port import UnitOfWork
from bot.usecases.accounts import passwords
from bot.usecases.accounts.page_results import Accepted, FormRefused, TooMany
from bot.usecases.command_deps import limit_letter
from bot.usecases.orders import cancelling
from bot.usecases.privacy.pages import PageDeps
from dialogs.kit import Params
from dialogs.messages.withdrawal import MailProof, WithdrawalKept
from dialogs.renewal.shown import last_days
from services.accounts import accounts, one_time_links
from services.accounts.accounts import AccountRecord
from services.accounts.one_time_links import OneTimeLink, Purpose
from services.contacts import contacts
from services.jobs.port import Outbox
from services.orders import order_record, withdrawals
from services.store import conversations
from services.subscriptions import renewal_timer
from values import email as emails
from values.private import Secret
from values.seller import Seller

END: Purpose = "end_contract"
ASKS: Mapping[Purpose, str] = {"prove_withdrawal": "withdrawal.stated", END: "own_data.end.ask"}
"""The words that the page shows, by the link's purpose."""


def find_owner(connection: sa.Connection, link: OneTimeLink, seller: Seller) -> tuple[AccountRecord, Params] | None:
    """Return whom the link asks, and what the letter and the page say; None once nobody is asked any more.

    The words of the statement are a stranger's, and stay out.
    """
    owner = accounts.get(connection, link.account_id) if link.account_id is not None else None
    said = (_ending if link.purpose == END else _stated)(connection, link, seller)
    return (owner, said) if owner is not None and said is not None and owner.status != "closed" else None


def _stated(connection: sa.Connection, link: OneTimeLink, _seller: Seller) -> Params | None:
    stated = withdrawals.get(connection, str(link.data.get("withdrawal")))
    order = order_record.get(connection, str(link.data.get("order")))
    if stated is None or order is None or stated.decision or stated.account_id is not None:
        return None
    return {"stated_at": stated.stated_at, "number": order.number} if order.account_id == link.account_id else None


def _ending(connection: sa.Connection, link: OneTimeLink, seller: Seller) -> Params | None:
    """Return the last days; None where what runs isn't what the link was made for: renewed since, or ended."""
    ends = cancelling.list_renewed_ends(connection, link.account_id or "")
    if not ends or link.data.get("ends") != _life(ends):
        return None
    return {"until": last_days([one[1:] for one in ends], seller), "number": link.data.get("number")}


def _life(ends: cancelling.Ends) -> list[list[str]]:
    return [[id, at.isoformat()] for id, _, at in ends]


def carry_out_statement(tx: UnitOfWork, link: OneTimeLink, seller: Seller, outbox: Outbox) -> Accepted | None:
    """Do what the link is for, once; None if that is over. The chat is locked first, as in turns."""
    conversations.load(tx.connection, link.conversation_id, lock=True)
    over = find_owner(tx.connection, link, seller) is None
    if not one_time_links.use(tx.connection, link_id=link.id, now=tx.now) or over:
        return None
    if link.purpose != END:
        return _prove(tx, link)
    ended = cancelling.end_by_page(tx, link, seller, outbox)
    return Accepted("contract_ended") if ended else None


def _prove(tx: UnitOfWork, link: OneTimeLink) -> Accepted | None:
    """Have the contract's account stand behind the statement, from its hour on."""
    here, id, by = link.conversation_id, str(link.data.get("withdrawal")), link.account_id
    order = withdrawals.choose(tx.connection, id, str(link.data.get("order")), by=by, here=here)
    stated = withdrawals.get(tx.connection, id)
    if order is None or stated is None:
        return None
    left = bool(withdrawals.list_unproven(tx.connection, here))
    tx.tell(here, WithdrawalKept(id, stated.stated_at, order.number, first=False, left=left))
    return Accepted("withdrawal_proven")


class EndingPages(PageDeps, frozen=True):
    """The page `/end` of one seller."""

    outbox: Outbox

    async def mail(self, number: str, email: str, address: str | None) -> None:
        """Mail the link where the e-mail address is the proven one of the contract's account; say nothing either way.

        `address`: of the network that asks.
        """
        await self.desk.happen(lambda tx: self._mail(tx, number, email, address))

    def _mail(self, tx: UnitOfWork, number: str, email: str, address: str | None) -> None:
        key, named = emails.key(email), withdrawals.find_numbers(tx.connection, number)
        by = contacts.prover_of(tx.connection, key)
        known = (order_record.by_number(tx.connection, one) for one in sorted(named))
        order = next((one for one in known if one is not None and one.account_id == by), None)
        owner = accounts.get(tx.connection, by) if by is not None else None
        if order is None or owner is None or owner.email_key != key:
            return
        link_id, now = self._issue(tx, owner.id, order.number), tx.now
        of = (owner.id, hash_network(self.server_key, address))
        held = limit_letter(tx.connection, key, of=of, server_key=self.server_key, now=now, quotas=self.log_ins.quotas)
        if link_id is not None and held is None:
            of_what = renewal_timer.owner_of(cancelling.list_renewed_ends(tx.connection, owner.id)[0][0])
            self.outbox.leave(tx.connection, codec.stored_job(f"{link_id}:letter", of_what, MailProof(link_id), now))

    async def log_in(
        self, login: Secret | None, password: Secret, address: str | None
    ) -> str | FormRefused | TooMany | None:
        """Return the path of the page that ends it; None where nothing renews."""
        tried = await passwords.try_password(self.log_ins, login, password, address, wrong="wrong_login")
        if not isinstance(tried, passwords.RightLogIn):
            return tried

        def work(tx: UnitOfWork) -> str | None:
            self.log_ins.take_back(tx.connection, tried, tx.now)
            link_id = self._issue(tx, tried.account_id, "")
            return None if link_id is None else f"/s/{one_time_links.token_of(self.server_key, link_id)}"

        return await self.desk.happen(work)

    def _issue(self, tx: UnitOfWork, account_id: str, number: str) -> str | None:
        """Issue a link for what runs now; None where nothing renews.

        Earlier ones hold on until it has ended: whoever knows a number and an address could void them otherwise.
        """
        ends = cancelling.list_renewed_ends(tx.connection, account_id)
        if not ends:
            return None
        link_id = marked_id(self.server_key, f"end:{account_id}:{tx.now.isoformat()}:{number}")
        one_time_links.issue(
            tx.connection,
            link_id=link_id,
            purpose=END,
            conversation_id=link_id,  # nobody's: a letter isn't asked for in a chat
            account_id=account_id,
            data={"ends": _life(ends), "number": number},
            server_key=self.server_key,
            now=tx.now,
        )
        return link_id
