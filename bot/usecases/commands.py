"""Commands: all that a conversation can write. Each subject's `commands.py` has the functions (`handles`).

A command runs in its turn's transaction; its dialog reacts to the outcome at once. Jobs are in `bot/usecases/jobs.py`.
"""

from bot.conversation.turn import CommandContext
from bot.usecases.accounts import commands as accounts
from bot.usecases.accounts import confirmation, forgotten, on_file
from bot.usecases.billing import commands as billing
from bot.usecases.channels import commands as channels
from bot.usecases.command_deps import HANDLERS, CommandDeps
from bot.usecases.companies import commands as companies
from bot.usecases.contacts import commands as contacts
from bot.usecases.einvoices import commands as einvoices
from bot.usecases.handoff import commands as handoff
from bot.usecases.hearing import commands as hearing
from bot.usecases.orders import cancelling, withdrawals
from bot.usecases.orders import commands as orders
from bot.usecases.privacy import commands as privacy
from bot.usecases.questions import commands as questions
from bot.usecases.reminders import commands as reminders
from bot.usecases.renewals import commands as renewals
from bot.usecases.seller.events import SellerEvents
from dialogs.kit import Command, Event

MODULES = (
    *(accounts, confirmation, billing, channels, companies, contacts, einvoices, handoff, hearing, orders, privacy),
    *(questions, reminders, renewals, withdrawals, cancelling, forgotten, on_file),
)
"""Every module with functions of commands: importing them fills `HANDLERS`."""


class CommandTable:
    """Runs commands for one seller."""

    def __init__(self, deps: CommandDeps, events: SellerEvents) -> None:
        self._deps = deps
        self._events = events

    def perform(self, command: Command, context: CommandContext) -> Event:
        """Run the command, store what the seller's system is told of it, and return its outcome.

        Errors: KeyError for a command without a function.
        """
        outcome = HANDLERS[type(command)](self._deps, command, context)
        self._events.about(command, outcome, context)
        return outcome
