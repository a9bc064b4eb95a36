"""Acts about what a customer has left unfinished: the one e-mail that reminds of it."""

from datetime import timedelta

from bot.conversation.turn import CommandContext
from bot.usecases.command_deps import CommandDeps
from bot.usecases.reminders import unfinished
from dialogs.kit import Event
from dialogs.messages.letters import RemindByEmail, ReminderReady, ResumeByEmail, ResumedByEmail
from services.accounts import one_time_links, start_links
from services.subscriptions import reminders
from services.support import blocklist
from values.rules import GO_ON

LIFETIME = timedelta(days=14)
"""How long the link leads back."""


def remind_by_email(tools: CommandDeps, act: RemindByEmail, done: CommandContext) -> Event:
    """Issue the reminder's links, once while the last one's stop link is valid.

    Not to a shadow, nor to an unproven address, nor to a customer who has stopped them or is blocked.
    """
    here, link_id = done.conversation, unfinished.link_of(tools.server_key, act.account_id)
    if unfinished.addressee(done.connection, act.account_id) is None:
        return ReminderReady(None)
    if blocklist.of(done.connection, channel=here.channel, address=here.address, now=done.now) is not None:
        return ReminderReady(None)
    if one_time_links.get(done.connection, link_id=link_id, now=done.now) is not None:
        return ReminderReady(None)
    one_time_links.issue(
        done.connection,
        link_id=link_id,
        purpose="stop_unfinished",
        conversation_id=here.id,
        account_id=act.account_id,
        data={},
        server_key=tools.server_key,
        now=done.now,
    )
    start_links.create(
        done.connection,
        token=start_links.token_of(tools.server_key, link_id),
        expires_at=done.now + LIFETIME,
        now=done.now,
        account_id=act.account_id,
        entry=GO_ON,
        from_conversation=here.id,
    )
    return ReminderReady(link_id)


def resume_by_email(_tools: CommandDeps, act: ResumeByEmail, done: CommandContext) -> Event:
    """They were stopped, perhaps."""
    reminders.resume_unfinished(done.connection, act.account_id)
    return ResumedByEmail()
