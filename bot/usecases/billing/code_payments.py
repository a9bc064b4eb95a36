"""Payments by the code of a bank's app (BLIK), which exists in memory only: in no job, event, line or log.

One transaction claims an attempt for the code and stores the event that has the attempt asked after. The process that
claimed it then opens it at the provider, notes under which name, and hands the code on, once. Should that process die,
or the answer get lost, the provider is asked until the payer can't confirm any more (`jobs.ask_code`); the code is
never sent again.
"""

from datetime import timedelta

import structlog
from msgspec import Struct
from msgspec.structs import replace

from bot.conversation.port import UnitOfWork
from bot.usecases.billing.jobs import tell_refused_code
from bot.usecases.billing.pages import PaymentPages, method_of
from dialogs.messages.payment import PaymentChecked
from services.errors import Conflict, Misconfigured, ProviderRefused, ProviderUnavailable
from services.payments import attempts
from services.payments.attempts import ToPay
from services.payments.book import NotPayable
from services.payments.providers.base import CodePayer, CodeProvider
from values.private import Secret

_log = structlog.get_logger(__name__)
GOOD_FOR = timedelta(minutes=5)
"""How long a transaction of a code stays open at the provider: longer than any bank waits for its customer."""


class CodePayments(Struct, frozen=True):
    """Takes codes beside the payment links, whose attempts they are."""

    pages: PaymentPages

    async def pay(self, conversation_id: str, payment_id: str, payer: CodePayer, code: Secret) -> bool:
        """Hand the code on; False where the payment takes none now: it is over, or another code is on its way.

        Raises StoreUnavailable.
        """
        happen = self.pages.desk.happen
        claimed = await happen(lambda tx: self._claim(tx, conversation_id, payment_id))
        if claimed is None:
            return False
        if (reason := await self._hand_on(claimed, payer, code)) is not None:
            await happen(lambda tx: _refuse(tx, conversation_id, claimed, reason))
        return True

    def _claim(self, tx: UnitOfWork, conversation_id: str, payment_id: str) -> ToPay | None:
        way = attempts.claim_for_code(tx.connection, payment_id=payment_id, now=tx.now)
        if isinstance(way, NotPayable):
            return None
        tx.tell(conversation_id, PaymentChecked(payment_id, "confirming", way.attempt.n))
        return way

    async def _hand_on(self, way: ToPay, payer: CodePayer, code: Secret) -> str | None:
        """Return why the code came to nothing; None where the bank asks its customer now, or may do so."""
        provider = self.pages.providers.get(way.payment.provider)
        if not isinstance(provider, CodeProvider) or method_of(way) not in provider.by_code:
            return "page"
        request = replace(await self.pages.request_for(way), expires_in=GOOD_FOR, payer=payer)
        awaited = False
        try:
            opened = await self.pages.with_email(request, provider.open_for_code)
            awaited = await self._note(way, opened)
            return await provider.pay_by_code(request, opened, code) if awaited else None
        except ProviderUnavailable as error:
            return None if awaited and error.uncertain else "unavailable"
        except Conflict:  # an answer got lost while the transaction was opened: the next attempt opens another
            return "unavailable"
        except (Misconfigured, ProviderRefused) as error:
            told = {"provider": provider.name, "reason": error.reason, "origin": error.origin}
            _log.error("code_not_taken", alarm=True, payment=way.payment.id, **told)
            return "page"

    async def _note(self, way: ToPay, opened: str) -> bool:
        """Note the provider's name of the attempt; False if it was given up meanwhile: another code may be typed."""
        payment_id, n, now = way.payment.id, way.attempt.n, self.pages.clock.now()
        noted = await self.pages.store.write(
            lambda c: attempts.register_answer(
                c, payment_id=payment_id, n=n, provider_ref=opened, redirect_url=None, now=now
            )
        )
        return noted is not None and noted.status == "code_sent"


def _refuse(tx: UnitOfWork, conversation_id: str, way: ToPay, reason: str) -> None:
    payment_id, n = way.payment.id, way.attempt.n
    if attempts.refuse_code(tx.connection, payment_id=payment_id, n=n, refusal=reason, now=tx.now):
        tx.tell(conversation_id, tell_refused_code(payment_id, n, reason))
