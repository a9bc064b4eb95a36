"""Acts about a conversation that goes on elsewhere: its link, its opening, and its end."""

from bot.conversation.turn import CommandContext
from bot.usecases.command_deps import CommandDeps, handles
from dialogs.elsewhere import LIFETIME, carry_state_over
from dialogs.kit import Event
from dialogs.messages import elsewhere
from dialogs.messages.account import StartLinkTaken
from dialogs.messages.own_data import SessionEnded
from services.accounts import accounts, start_links
from services.store import conversations


@handles(elsewhere.OpenElsewhere)
def open_elsewhere(deps: CommandDeps, command: elsewhere.OpenElsewhere, context: CommandContext) -> Event:
    """Issue a link for some minutes, in place of any unopened one."""
    start_links.drop_unopened(context.connection, conversation_id=context.conversation.id)
    start_links.create(
        context.connection,
        token=start_links.token_of(deps.server_key, context.id),
        expires_at=context.now + LIFETIME,
        now=context.now,
        account_id=command.account_id,
        from_conversation=context.conversation.id,
    )
    return elsewhere.ElsewhereReady(context.id)


def carry_over(deps: CommandDeps, link: start_links.StartToken, context: CommandContext) -> Event:
    """Log this conversation in where the link came from, with what is known there. Both are told."""
    before, here = _origin(link, context), context.conversation
    if before is None or link.account_id is None:
        return StartLinkTaken(None, over=True)
    if here.account_id not in (None, link.account_id):
        return elsewhere.NotCarriedOver()
    deps.log_ins.begin(context.connection, account_id=link.account_id, conversation_id=here.id, now=context.now)
    context.tell(before.id, elsewhere.OpenedElsewhere(here.channel))
    return elsewhere.CarriedOver(carry_state_over(deps.fitted(before.state)), before.channel)


@handles(elsewhere.GoOnHere)
def go_on_here(deps: CommandDeps, command: elsewhere.GoOnHere, context: CommandContext) -> Event:
    """Return the link by which the account's holder came here, before the log-in."""
    here = context.conversation.id
    link = start_links.find_link_to_go_on(
        context.connection, account_id=command.account_id, conversation_id=here, now=context.now
    )
    return elsewhere.WentOn(None) if link is None else _took_up(deps, link, context)


def go_on_with(deps: CommandDeps, link: start_links.StartToken, context: CommandContext) -> Event:
    """Take up what was left, where its account is logged in already; another account's holder logs out first."""
    return (
        elsewhere.NotCarriedOver()
        if link.account_id != context.conversation.account_id
        else _took_up(deps, link, context)
    )


def _took_up(deps: CommandDeps, link: start_links.StartToken, context: CommandContext) -> Event:
    """Carry over what the conversation of the link knows, and use up the link.

    That conversation is told, and sends on who has it, in a turn of its own: no turn holds two conversations.
    """
    before = _origin(link, context)
    if before is None:
        return elsewhere.WentOn(None)
    start_links.use_up(context.connection, link, now=context.now)
    context.tell(before.id, elsewhere.OpenedElsewhere(context.conversation.channel, context.conversation.id))
    return elsewhere.WentOn(carry_state_over(deps.fitted(before.state)))


def _origin(link: start_links.StartToken, context: CommandContext) -> conversations.StoredConversation | None:
    """Return the conversation that the link leads from, if it is another one of the link's account."""
    if link.from_conversation in (None, context.conversation.id):
        return None
    before = conversations.load(context.connection, link.from_conversation, lock=False)
    return before if before is not None and before.account_id == link.account_id else None


@handles(elsewhere.CloseElsewhere)
def close_elsewhere(_deps: CommandDeps, _act: elsewhere.CloseElsewhere, context: CommandContext) -> Event:
    """Log out the conversations opened by links of this one that are still in its account."""
    mine = context.conversation.account_id
    ended = 0
    for id in start_links.opened_from(context.connection, conversation_id=context.conversation.id):
        other = conversations.load(context.connection, id, lock=False)
        if other is not None and mine is not None and other.account_id == mine:
            accounts.unbind_conversation(context.connection, conversation_id=id)
            context.tell(id, SessionEnded())
            ended += 1
    start_links.drop_from(context.connection, conversation_id=context.conversation.id)
    return elsewhere.ElsewhereClosed(ended)
