"""Log-ins that end from outside: the account's conversations are nobody's any more, and are told."""

from bot import codec
from bot.port import Happening
from dialogs.words.own_data import SessionEnded
from services import accounts, links
from services.store import conversations


def end_log_ins(tx: Happening, account_id: str, *, but: str | None = None) -> int:
    """Logs the account out of every conversation but `but`; gives how many there were. One-time pages for whoever is
    logged in die with it."""
    ended = [one.id for one in conversations.of_account(tx.connection, account_id) if one.id != but]
    for id in ended:
        accounts.unbind_conversation(tx.connection, conversation_id=id)
        links.cancel_inside(tx.connection, conversation_id=id, account_id=account_id)
        tx.tell(id, codec.name_of(SessionEnded()), {})
    return len(ended)
