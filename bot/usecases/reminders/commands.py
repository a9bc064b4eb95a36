"""Acts about what a customer has left unfinished: the one e-mail that reminds of it."""

from datetime import timedelta

from bot.conversation.turn import CommandContext
from bot.usecases.command_deps import CommandDeps, handles
from bot.usecases.reminders import unfinished
from dialogs.kit import Event
from dialogs.messages.letters import RemindByEmail, ReminderReady, ResumeByEmail, ResumedByEmail
from services.accounts import one_time_links, start_links
from services.subscriptions import reminders
from services.support import blocklist
from values.rules import GO_ON

LIFETIME = timedelta(days=14)
"""How long the link leads back."""


@handles(RemindByEmail)
def remind_by_email(deps: CommandDeps, command: RemindByEmail, context: CommandContext) -> Event:
    """Issue the reminder's links, once while the last one's stop link is valid.

    Not to a shadow, nor to an unproven address, nor to a customer who has stopped them or is blocked.
    """
    here, link_id = context.conversation, unfinished.link_of(deps.server_key, command.account_id)
    if unfinished.find_reminder_address(context.connection, command.account_id) is None:
        return ReminderReady(None)
    if (
        blocklist.find_block(context.connection, channel=here.channel, address=here.address, now=context.now)
        is not None
    ):
        return ReminderReady(None)
    if one_time_links.get(context.connection, link_id=link_id, now=context.now) is not None:
        return ReminderReady(None)
    one_time_links.issue(
        context.connection,
        link_id=link_id,
        purpose="stop_unfinished",
        conversation_id=here.id,
        account_id=command.account_id,
        data={},
        server_key=deps.server_key,
        now=context.now,
    )
    start_links.create(
        context.connection,
        token=start_links.token_of(deps.server_key, link_id),
        expires_at=context.now + LIFETIME,
        now=context.now,
        account_id=command.account_id,
        entry=GO_ON,
        from_conversation=here.id,
    )
    return ReminderReady(link_id)


@handles(ResumeByEmail)
def resume_by_email(_deps: CommandDeps, command: ResumeByEmail, context: CommandContext) -> Event:
    """They were stopped, perhaps."""
    reminders.resume_unfinished(context.connection, command.account_id)
    return ResumedByEmail()
