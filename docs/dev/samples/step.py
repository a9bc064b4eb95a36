"""A whole optional step in one file: how many people work at the company, asked once and kept with the account.

Each part names the file that it belongs in; `docs/dev/add-a-step.md` says what else a step needs.
`tests/docs/test_sample_step.py` plays it.
"""

from collections.abc import Mapping

import sqlalchemy as sa
from msgspec.structs import replace

from bot.conversation.turn import CommandContext
from bot.usecases.command_deps import CommandDeps
from dialogs.kit import Command, Decision, Dialog, Event, Option, Skipped, Slots, StateBase, from_text, required, then
from dialogs.state import Ctx
from values.kinds.number import parse_number
from values.meaning import Expects
from values.parsing import Ok, Parsed

# --- values/company_size.py: text in, `Ok(value)` or `ParseRefused(reason, params)` out; each reason is a text ---

SIZES: Mapping[str, int] = {"1": 1, "2-9": 9, "10-49": 49, "50+": 100_000}


def parse_company_size(text: str) -> Parsed[str]:
    """Return the size that a number of people belongs to. Reasons: those of `parse_number`."""
    number = parse_number(text, minimum=1, maximum=SIZES["50+"])
    return Ok(next(size for size, most in SIZES.items() if number.value <= most)) if isinstance(number, Ok) else number


# --- dialogs/state.py: slots with defaults; None is "not known yet", "" is "passed over" ---


class Firm(Slots, frozen=True):
    """The slots of the dialog."""

    company_size: str | None = None  # called as the account's field
    size_kept: bool = False
    signed: str | None = None


class Case(StateBase, frozen=True):
    """The conversation state; yours is `ConversationState`."""

    account_id: str = "account-1"
    firm: Firm = Firm()


# --- dialogs/messages/firm.py: the command and its outcome, stored by the names of their classes ---


class CompanySizeKept(Event):
    """The account's size is set."""


class KeepCompanySize(Command):
    """Set the size of the account's company."""

    account_id: str
    company_size: str  # called as the account's field; "": passed over, perhaps after an answer
    outcome = CompanySizeKept


# --- dialogs/firm.py: the steps in the order in which they are asked ---

dialog = Dialog("firm", Firm)

size = dialog.ask(
    "size",
    Expects.number,
    slot="company_size",  # a typed answer goes through the parser into it, a button's VALUE as it is: both may be read
    parse=from_text(parse_company_size),
    options=lambda _s, _c: (
        *(Option(f"size:{each}", "option.size.people", {"size": each}) for each in SIZES),
        Option("size:skip", "option.size.skip"),
    ),
    revise="anew",  # may be changed behind an act that "back" doesn't undo; left out: only before it
)
keep = dialog.do(
    "keep_size",
    lambda s, c: KeepCompanySize(c.case.account_id, required(s.company_size)),  # yours: required(c.case.account.id)
    done=lambda s, _c: s.size_kept,
    slots=("size_kept",),  # emptied, and so done again, when what it needs is changed or taken back
    needs=("size",),
)
sign = dialog.choose(
    "sign",
    lambda _s, _c: (Option("sign:yes", "option.sign.yes"), Option("sign:edit", "option.edit")),
    slot="signed",
    params=lambda s, _c: {"size": s.company_size},
    edits=("size",),  # what "change" offers
    final=lambda s, _c: s.signed is not None,  # an act: "back" stops in front of it
)
dialog.wait("end", Expects.nothing, done=lambda _s, _c: False, options=lambda _s, _c: ())


@size.on(Skipped)  # a step that reacts to it is optional; an answer needs no reaction
def no_size(s: Firm, _e: Skipped, _ctx: Ctx) -> Decision[Firm]:
    """Go on without it."""
    return then(replace(s, company_size=""))


@keep.on(CompanySizeKept)
def size_kept(s: Firm, _e: CompanySizeKept, _ctx: Ctx) -> Decision[Firm]:
    """Go on."""
    return then(replace(s, size_kept=True))


# --- bot/usecases/firm/commands.py: what the command does, in the turn's transaction ---

_ACCOUNT = sa.table("account", sa.column("id"), sa.column("company_size"))  # yours: a line in `AccountAnswers`


def keep_company_size(_deps: CommandDeps, command: KeepCompanySize, context: CommandContext) -> Event:
    """Set the size.

    Yours stands under `@handles(KeepCompanySize)`, and calls `accounts.keep_answers` with
    `AccountAnswers(company_size=command.company_size)`.
    """
    of = _ACCOUNT.c.id == command.account_id
    context.connection.execute(sa.update(_ACCOUNT).where(of).values(company_size=command.company_size or None))
    return CompanySizeKept()
