"""A question with an effect, in one file: the branch that a customer chooses reserves an hour for them.

The question itself is declared in the profile (`docs/how-to/ask-your-own-question.md`): its step, words, correction,
and places on cards, in the API and in the export need no code. Each part names the file that it belongs in;
`docs/dev/add-a-step.md` says what else there is. `tests/docs/test_sample_step.py` plays it.
"""

import sqlalchemy as sa

from bot.conversation.turn import CommandContext
from bot.usecases.command_deps import CommandDeps
from dialogs.kit import Command, Decision, Dialog, Event, Say, need_slot, then
from dialogs.messages.questions import QuestionAnswered
from dialogs.state import Company, Ctx
from values.question import OwnQuestion

# --- profiles/SELLER/profile.toml and texts/: what `[[question]]` reads ---

BRANCH = OwnQuestion("branch", "choice", place="company", keep="company", options=("north", "south"))

# --- dialogs/messages/company.py: the command and its outcomes, stored by the names of their classes ---


class HourReserved(Event):
    """The branch has reserved an hour."""

    branch: str


class BranchFull(Event):
    """The branch has no hour left."""

    branch: str


class ReserveHour(Command):
    """Reserve an hour at this branch for the company, instead of the one reserved before."""

    company_id: str
    branch: str


# --- dialogs/company/company.py: what the answer causes, once it is kept, and again when it is changed ---


def add_branch(dialog: Dialog[Company]) -> None:
    """Declare the reactions; a dialog of a few steps has them at the end of its module."""

    @dialog.always(QuestionAnswered)  # one reaction to all own questions; those that it doesn't name change nothing
    def answered(s: Company, e: QuestionAnswered, _ctx: Ctx) -> Decision[Company]:
        """Reserve an hour at the branch chosen; a question passed over reserves none."""
        if e.question != BRANCH.id or e.answer is None:
            return then(s)
        return then(s, ReserveHour(need_slot(s.id), str(e.answer)))

    @dialog.always(HourReserved)
    def reserved(s: Company, e: HourReserved, _ctx: Ctx) -> Decision[Company]:
        """Say so."""
        return then(s, Say("company.hour_reserved", {"branch": e.branch}))

    @dialog.always(BranchFull)
    def full(s: Company, e: BranchFull, _ctx: Ctx) -> Decision[Company]:
        """Say so; the sentence offers to change the answer."""
        return then(s, Say("company.branch_full", {"branch": e.branch}))


# --- bot/usecases/companies/commands.py: what the command does, in the turn's transaction ---

HOURS = sa.table("branch_hour", sa.column("branch"), sa.column("company_id"))


def reserve_hour(_deps: CommandDeps, command: ReserveHour, context: CommandContext) -> Event:
    """Reserve the hour. Yours stands under `@handles(ReserveHour)`."""
    mine, free = HOURS.c.company_id == command.company_id, HOURS.c.company_id.is_(None)
    there = sa.and_(free, HOURS.c.branch == command.branch)
    if context.connection.scalar(sa.select(HOURS.c.branch).where(there)) is None:
        return BranchFull(command.branch)
    context.connection.execute(sa.update(HOURS).where(mine).values(company_id=None))
    context.connection.execute(sa.update(HOURS).where(there).values(company_id=command.company_id))
    return HourReserved(command.branch)
