"""Classes that play a customer: one does in all tests, benchmarks and simulations (`sandbox.testing`), few beside it.

A class plays somebody if it decides what is said: it says, presses or taps something, by a method of that name or in
one of another. One that goes by a base's acts, and changes none of them, is that customer with wishes of their own. A
door, by which the one customer comes, only passes on what is said. A new way in is a `CustomerDoor`.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.architecture.rooms import ROOT, tree

Classes = dict[str, ast.ClassDef]
ACTS = {"say", "says", "press", "presses", "tap"}
PRESSED = {"Press", "ButtonPressed"}
"""Messages of a press: who makes one presses."""
OF_A_DOOR = {"said", "buttons", "expects", "at", "say", "look", "link"}
PLACES = ("benchmarks", "bot/checking/second_life", "bot/simulation", "docs", "sandbox/testing", "tests")
#: Who says something and is no customer, by file and class.
OTHERS = {
    "doors": tuple(f"tests/desk/telegram_chat.py: {name}" for name in ("Talk", "Chat", "SandboxChat")),
    "hands of the one with a browser": ("benchmarks/thumbs/hands.py: Hands", "benchmarks/thumbs/pages.py: Pages"),
    "agents": (
        *(
            "tests/desk/agent_browser.py: AgentBrowser",
            "tests/desk/forum.py: Forum",
            "tests/desk/forum.py: Member",
            "tests/desk/helpdesk.py: Helpdesk",
        ),
        *("tests/desk/test_helpdesk_restart.py: There", "tests/web/browser/test_telegram.py: FarBot"),
    ),
    "stand-ins for the desk": (
        "tests/bot/conversation/test_read_aloud.py: Lines",
        *("tests/bot/handlers/scripted_desk.py: ScriptedDesk", "tests/bot/texts/test_compiled.py: Folder"),
        "tests/web/recorder.py: RecorderDesk",
    ),
    "what is outside": (
        "tests/bot/handlers/rasa/test_rasa_actions.py: Assistant",
        "tests/bot/handlers/telegram/bot_api.py: BotApi",
        "tests/bot/handlers/telegram/forum_api.py: ForumBotApi",
    ),
}
DOORS = {one.rpartition(": ")[2] for one in OTHERS["doors"]}


def players(root: Path = ROOT) -> tuple[str, ...]:
    """Return who plays a customer, as "file: class"."""
    others = {one for some in OTHERS.values() for one in some}
    files = (path for place in PLACES for path in sorted((root / place).rglob("*.py")))
    classes = [(path, node) for path in files for node in ast.walk(tree(path)) if isinstance(node, ast.ClassDef)]
    known = {node.name: node for _path, node in classes}
    found = (f"{path.relative_to(root)}: {node.name}" for path, node in classes if _plays(node, known))
    return tuple(one for one in found if one not in others)


def _plays(node: ast.ClassDef, known: Classes) -> bool:
    if _members(node, known) >= OF_A_DOOR:
        return False
    return _has_acts(node) or (
        _acts(node) and not any(_acts(base) for base in _bases(node, known) if base.name not in DOORS)
    )


def _has_acts(node: ast.ClassDef) -> bool:
    return any(getattr(part, "name", "") in ACTS for part in node.body)


def _acts(node: ast.ClassDef) -> bool:
    return _has_acts(node) or any(isinstance(part, ast.Call) and _is_act(part.func) for part in ast.walk(node))


def _is_act(called: ast.expr) -> bool:
    match called:
        case ast.Name(id=name):
            return name in PRESSED
        case ast.Attribute(attr=name):
            return name in ACTS and _first(called) == "self"
        case _:
            return False


def _first(chain: ast.expr) -> str:
    """Return the name that a chain of attributes begins with."""
    while isinstance(chain, ast.Attribute):
        chain = chain.value
    return chain.id if isinstance(chain, ast.Name) else ""


def _bases(node: ast.ClassDef, known: Classes) -> Iterator[ast.ClassDef]:
    """Yield all classes that it has something of."""
    for base in node.bases:
        if isinstance(base, ast.Name) and (found := known.get(base.id, node)) is not node:
            yield found
            yield from _bases(found, known)


def _members(node: ast.ClassDef, known: Classes) -> set[str]:
    """Return what a class has, with what it has of its bases."""
    return {name for one in (node, *_bases(node, known)) for part in one.body for name in _named(part)}


def _named(part: ast.stmt) -> Iterator[str]:
    match part:
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
            yield name
            for inner in ast.walk(part):  # what is set as the door begins
                if isinstance(inner, ast.Attribute) and isinstance(inner.ctx, ast.Store):
                    yield inner.attr
        case ast.AnnAssign(target=ast.Name(id=name)):
            yield name
        case _:
            return
