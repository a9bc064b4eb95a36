"""Letters with agents' answers: one for what has gathered, when it is still unread, to whoever may have it.

Timers, jobs and their outcomes are the letters' own (`Owner`): no conversation's turn knows of them, but that the
agents' pages are told what became of one.
"""

from dataclasses import dataclass
from datetime import timedelta

from bot.conversation import codec
from bot.conversation.owners import Owner
from bot.conversation.port import UnitOfWork
from bot.usecases.answers import unread
from bot.usecases.answers.unread import Addressee
from bot.usecases.jobs import outcome_event
from dialogs.messages.handoff import AnswerMailed, AnswerNotMailed, MailAnswer
from services import limits
from services.accounts import start_links
from services.jobs.port import Done, GaveUp, Outbox, StoredJob
from services.store import conversations, journal, timer_rows
from services.store.conversations import StoredConversation
from services.support import answer_letters
from services.support.answer_letters import AnswerLetter, State
from values import email as emails
from values.rules import GO_ON

LETTERS = limits.Rule("letters with answers, a mailbox", 12, timedelta(days=1))
NOTICES = limits.Rule("notices of answers, a mailbox", 4, timedelta(days=1))
"""To an address that is proven, and to one only given. What is beyond waits, gathers and goes when there is room."""
NOT_SENT_YET = timedelta(minutes=1)
"""A messenger that doesn't take the answer now is looked after again so much later."""


@dataclass(frozen=True)
class AnswerOwner(Owner):
    """Owns the letters' timers and jobs."""

    outbox: Outbox
    server_key: bytes
    after: timedelta | None
    quotas: bool

    def owns(self, owner_id: str) -> bool:
        """Tell letters' ids from conversations'."""
        return answer_letters.owned_by(owner_id) is not None

    def due(self, tx: UnitOfWork, timer: timer_rows.Timer) -> tuple[StoredJob, ...]:
        """Send what is still unread, or note why nothing is sent, or look again later."""
        here = conversations.load(tx.connection, answer_letters.owned_by(timer.conversation_id) or "", lock=True)
        if not timer_rows.take(tx.connection, timer) or here is None:
            return ()
        letter = answer_letters.find_gathering_letter(tx.connection, here.id)
        return () if letter is None else self._decide(tx, here, letter)

    def finished(self, tx: UnitOfWork, job: StoredJob, outcome: Done | GaveUp) -> tuple[StoredJob, ...]:
        """Note what became of the letter, for the agents.

        Without the conversation's lock: its job is locked already, and a turn takes the two the other way round.
        """
        wanted, said = codec.call_from(job.kind, job.payload), outcome_event(job, outcome)
        here = answer_letters.owned_by(job.conversation_id) or ""
        known = conversations.load(tx.connection, here, lock=False)
        if not isinstance(wanted, MailAnswer) or known is None:
            return ()
        state: State = "mailed" if isinstance(said, AnswerMailed) else "failed"
        if isinstance(said, AnswerNotMailed) and said.why in _ENDS:
            state = _ENDS[said.why]
        answer_letters.settle(tx.connection, wanted.letter_id, state, tx.now)
        if state != "read":
            tx.tell(here, said)
        return ()

    def _decide(self, tx: UnitOfWork, here: StoredConversation, letter: AnswerLetter) -> tuple[StoredJob, ...]:
        lines = unread.lines(tx.connection, here, letter.first_seq)
        if any(one.kind == journal.AGENT for one in journal.open_deliveries(tx.connection, here.id)):
            answer_letters.put_off(tx.connection, letter, tx.now + NOT_SENT_YET)
            return ()
        if not lines or self.after is None:
            answer_letters.end(tx.connection, letter, "read", here.seq, tx.now)
            return ()
        if lines[0].at + self.after > tx.now:  # what the letter began with was read meanwhile
            answer_letters.put_off(tx.connection, letter, lines[0].at + self.after)
            return ()
        to = unread.answer_address(tx.connection, here)
        if to is None or unread.is_stopped(tx.connection, here, to, self.server_key, tx.now):
            state: State = "no_address" if to is None else "stopped"
            answer_letters.end(tx.connection, letter, state, here.seq, tx.now)
            tx.tell(here.id, AnswerNotMailed(state))
            return ()
        rule, mailbox = LETTERS if to.proven else NOTICES, emails.mailbox(to.email)
        full = limits.free_at(tx.connection, rule, mailbox, server_key=self.server_key, now=tx.now)
        if full is not None and self.quotas:
            answer_letters.put_off(tx.connection, letter, full)
            return ()
        limits.hit(tx.connection, rule, mailbox, server_key=self.server_key, now=tx.now)
        return self._leave(tx, here, letter, to, (lines[0].seq or 0, lines[-1].seq or 0))

    def _leave(
        self, tx: UnitOfWork, here: StoredConversation, letter: AnswerLetter, to: Addressee, lines: tuple[int, int]
    ) -> tuple[StoredJob, ...]:
        answer_letters.mark_leaving(
            tx.connection,
            letter,
            lines,
            proven=to.proven,
            mailbox=answer_letters.mailbox_of(self.server_key, to.email),
            now=tx.now,
        )
        if to.proven and here.account_id is not None and here.channel == "web":
            start_links.create(
                tx.connection,
                token=start_links.token_of(self.server_key, letter.id),
                expires_at=tx.now + answer_letters.LIFETIME,
                now=tx.now,
                account_id=here.account_id,
                entry=GO_ON,
                from_conversation=here.id,
            )
        wanted, owner = MailAnswer(letter.id), answer_letters.owner_of(here.id)
        job = codec.stored_job(f"answer:{letter.id}", owner, wanted, tx.now)
        return (job,) if self.outbox.put(tx.connection, job) else ()


_ENDS: dict[str, State] = {"read": "read", "no_address": "no_address", "stopped": "stopped", "failed": "failed"}
