"""What a room of use cases holds, and which commands save an account."""

import ast
from pathlib import Path
from typing import TypeVar

from bot.usecases import commands, jobs
from dialogs.explorer import outcomes
from dialogs.kit import Command, Effect, Job
from dialogs.messages import MODULES, company, einvoice, order, zone
from dialogs.testing import stand_in
from services.accounts import accounts
from services.companies import companies
from services.contacts import contacts
from services.einvoicing import einvoices
from services.subscriptions import subscriptions
from tests.architecture.rooms import ROOT
from tests.table import table

E = TypeVar("E", bound=Effect)


def said(kind: type[E]) -> set[type[E]]:
    """All effects of a kind in the dialogs' words."""
    named = (thing for module in MODULES for thing in vars(module).values() if isinstance(thing, type))
    return {thing for thing in named if issubclass(thing, kind) and thing.__module__.startswith("dialogs.messages.")}


@table(
    ("kind", "table", "where"),
    [
        (Command, commands.HANDLERS, "a function with `handles` in a module of bot/usecases/commands.py"),
        (Job, jobs.JOBS, "a function with `does` in a module of bot/usecases/jobs.py"),
    ],
)
def test_each_is_done(kind: type[Effect], table: dict[type[Effect], object], where: str) -> None:
    assert said(kind) == set(table), where
    assert len(table) > 20


def test_each_command_has_its_outcomes() -> None:
    named = {command for command in said(Command) if command.outcome is not None}
    where = "`outcome` of the class, dialogs/explorer/outcomes.py, or dialogs/testing/stand_in.py"
    assert said(Command) == {*outcomes.COMMANDS, *named, *stand_in.PERFORMED}, where
    assert not named & {*outcomes.COMMANDS}


WRITES = {
    (function.__module__.rpartition(".")[2], function.__name__)
    for function in (
        *(companies.confirm, companies.set_check, einvoices.activate, einvoices.set_email, einvoices.switch_off),
        *(subscriptions.set_auto_renewal, contacts.note_contact, contacts.prove, accounts.change_email),
    )
}
"""The functions that write what two conversations of an account share."""

CARRY_WHAT_WAS_SEEN: dict[type[Command], str] = {
    company.SaveCompany: "seen",
    company.SetCheck: "data",
    einvoice.ActivateEInvoice: "seen",
    einvoice.ChangeInvoiceEmail: "seen",
    order.PlaceOrder: "invoices_seen",
    zone.SetAutoRenewal: "seen",
}
SAY_ONE_THING_ALONE = {
    "WithdrawEInvoice": "a consent is taken back at once, whatever was seen",
    "ChangeEmail": "one address that was typed here, before any is proven",
    "CheckCode": "a number is added by its proof, the others stay",
    "KeepPhone": "a number is added, those that are proven stay",
    "TakeVouched": "a number is added by its proof, the others stay",
    "CheckCodes": "as each code typed alone",
    "CheckLetterCode": "the address that the letter went to",
}
"""Commands with nothing but what was said just now: there is no copy in them that could be old."""


def commands_that_write() -> set[str]:
    """The commands whose functions write so, by themselves or by a helper of the same file."""
    found: set[str] = set()
    for path in sorted(Path(ROOT, "bot/usecases").rglob("*.py")):
        functions = {
            one.name: one for one in ast.parse(path.read_text("utf-8")).body if isinstance(one, ast.FunctionDef)
        }
        writing: set[str] = set()
        while True:
            more = {name for name, of in functions.items() if name not in writing and writes(of, writing)}
            if not more:
                break
            writing |= more
        found |= {name for one in writing for name in handled(functions[one])}
    return found


def writes(function: ast.FunctionDef, known: set[str]) -> bool:
    for node in ast.walk(function):
        match node:
            case ast.Call(func=ast.Attribute(value=ast.Name(id=module), attr=name)) if (module, name) in WRITES:
                return True
            case ast.Call(func=ast.Name(id=name)) if name in known:
                return True
            case _:
                pass
    return False


def handled(function: ast.FunctionDef) -> set[str]:
    """The commands that `@handles` names."""
    return {
        ast.unparse(argument).rpartition(".")[2]
        for one in function.decorator_list
        if isinstance(one, ast.Call) and isinstance(one.func, ast.Name) and one.func.id == "handles"
        for argument in one.args
    }


def test_each_carries_what_was_seen_or_says_one_thing_alone() -> None:
    assert commands_that_write() == {one.__name__ for one in CARRY_WHAT_WAS_SEEN} | set(SAY_ONE_THING_ALONE)
    for command, field in CARRY_WHAT_WAS_SEEN.items():
        assert field in command.__struct_fields__, command
