"""The job that mails what an agent said and its customer hasn't read."""

import sqlalchemy as sa

from bot.conversation.stored import StoredMessage
from bot.usecases.answers import unread
from bot.usecases.emails import rendering
from bot.usecases.job_deps import JobDeps, does
from dialogs.kit import Event
from dialogs.messages.handoff import AnswerMailed, AnswerNotMailed, MailAnswer
from services.jobs.port import StoredJob
from services.messaging.mail import Mail
from services.store import conversations
from services.support import answer_letters


@does(MailAnswer, tries=12, given_up=lambda _: AnswerNotMailed("failed"), writes=True)
async def mail_answer(deps: JobDeps, job: MailAnswer, stored: StoredJob) -> Event:
    """Under the letter's own key: sent again after a crash, it is the same letter to the mail servers."""
    letter = await deps.store.write(lambda connection: _letter(deps, job, connection))
    if isinstance(letter, AnswerNotMailed):
        return letter
    return await deps.post(letter, stored.key, AnswerMailed(), lambda _r: AnswerNotMailed("failed"))


def _letter(deps: JobDeps, job: MailAnswer, connection: sa.Connection) -> Mail | AnswerNotMailed:
    """Compose it from the journal as it is, to the address that holds now; not at all where it was read meanwhile."""
    letter = answer_letters.get(connection, job.letter_id)
    here = conversations.load(connection, letter.conversation_id, lock=False) if letter is not None else None
    if letter is None or here is None:
        return AnswerNotMailed("read")
    lines = unread.lines(connection, here, letter.first_seq, letter.last_seq)
    if not lines:
        return AnswerNotMailed("read")
    to = unread.answer_address(connection, here)
    if to is None:
        return AnswerNotMailed("no_address")
    proven = to.proven and bool(letter.proven)
    if not answer_letters.is_mailbox(deps.server_key, letter.mailbox or "", to.email):
        mailbox = answer_letters.mailbox_of(deps.server_key, to.email)
        answer_letters.readdress(connection, letter.id, mailbox, proven=proven)
    at = answer_letters.stopped_at(connection, deps.server_key, to.email)
    if at is not None and letter.at is not None and at >= letter.at:
        return AnswerNotMailed("stopped")
    href = f"{deps.public_url}/a/{answer_letters.token_of(deps.server_key, letter.id)}"
    said = [(one.by or "", one.text) for one in (StoredMessage.from_json(line.data) for line in lines)]
    words = said if proven else []
    return rendering.write_answer_letter(deps.renderer, to.email, href, deps.support_email, words, here.locale)
