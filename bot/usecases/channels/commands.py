"""Acts about a conversation that goes on elsewhere: its link, its opening, and its end."""

from bot.conversation.turn import CommandContext
from bot.usecases.command_deps import CommandDeps
from dialogs.elsewhere import LIFETIME, carried
from dialogs.kit import Event
from dialogs.messages.account import StartLinkTaken
from dialogs.messages.elsewhere import (
    CarriedOver,
    CloseElsewhere,
    ElsewhereClosed,
    ElsewhereReady,
    GoOnHere,
    NotCarriedOver,
    OpenedElsewhere,
    OpenElsewhere,
    WentOn,
)
from dialogs.messages.own_data import SessionEnded
from services.accounts import accounts, start_links
from services.accounts.start_links import StartToken
from services.store import conversations
from services.store.conversations import StoredConversation


def open_elsewhere(tools: CommandDeps, act: OpenElsewhere, done: CommandContext) -> Event:
    """Issue a link for some minutes, in place of any unopened one."""
    start_links.drop_unopened(done.connection, conversation_id=done.conversation.id)
    start_links.create(
        done.connection,
        token=start_links.token_of(tools.server_key, done.id),
        expires_at=done.now + LIFETIME,
        now=done.now,
        account_id=act.account_id,
        from_conversation=done.conversation.id,
    )
    return ElsewhereReady(done.id)


def carry_over(tools: CommandDeps, link: StartToken, done: CommandContext) -> Event:
    """Log this conversation in where the link came from, with what is known there. Both are told."""
    before, here = _origin(link, done), done.conversation
    if before is None or link.account_id is None:
        return StartLinkTaken(None, over=True)
    if here.account_id not in (None, link.account_id):
        return NotCarriedOver()
    accounts.bind_conversation(done.connection, account_id=link.account_id, conversation_id=here.id)
    done.tell(before.id, OpenedElsewhere(here.channel))
    return CarriedOver(carried(tools.fitted(before.state)), before.channel)


def go_on_here(tools: CommandDeps, act: GoOnHere, done: CommandContext) -> Event:
    """Return the link by which the account's holder came here, before the log-in."""
    here = done.conversation.id
    link = start_links.to_go_on(done.connection, account_id=act.account_id, conversation_id=here, now=done.now)
    return WentOn(None) if link is None else _took_up(tools, link, done)


def go_on_with(tools: CommandDeps, link: StartToken, done: CommandContext) -> Event:
    """Take up what was left, where its account is logged in already; another account's holder logs out first."""
    return NotCarriedOver() if link.account_id != done.conversation.account_id else _took_up(tools, link, done)


def _took_up(tools: CommandDeps, link: StartToken, done: CommandContext) -> Event:
    """Carry over what the conversation of the link knows, and use up the link. That conversation is told."""
    before = _origin(link, done)
    if before is None:
        return WentOn(None)
    start_links.use_up(done.connection, link, now=done.now)
    done.tell(before.id, OpenedElsewhere(done.conversation.channel))
    return WentOn(carried(tools.fitted(before.state)))


def _origin(link: StartToken, done: CommandContext) -> StoredConversation | None:
    """Return the conversation that the link leads from, if it is another one of the link's account."""
    if link.from_conversation in (None, done.conversation.id):
        return None
    before = conversations.load(done.connection, link.from_conversation, lock=False)
    return before if before is not None and before.account_id == link.account_id else None


def close_elsewhere(_tools: CommandDeps, _act: CloseElsewhere, done: CommandContext) -> Event:
    """Whoever came by a link of this conversation, and is still in its account, is logged out."""
    mine = done.conversation.account_id
    ended = 0
    for id in start_links.opened_from(done.connection, conversation_id=done.conversation.id):
        other = conversations.load(done.connection, id, lock=False)
        if other is not None and mine is not None and other.account_id == mine:
            accounts.unbind_conversation(done.connection, conversation_id=id)
            done.tell(id, SessionEnded())
            ended += 1
    start_links.drop_from(done.connection, conversation_id=done.conversation.id)
    return ElsewhereClosed(ended)
