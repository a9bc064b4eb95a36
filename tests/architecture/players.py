"""Classes that play a customer: one does in all tests, benchmarks and simulations (`sandbox.testing`), few beside it.

A class plays somebody if it says or presses something by a method of its own. Scenes, wishes and trouble are functions
and data of the one customer; a new way in is a `CustomerDoor`.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.architecture.rooms import ROOT, tree

ACTS = {"say", "says", "press", "presses"}
PLACES = ("benchmarks", "bot/simulation", "docs", "sandbox/testing", "tests")
#: Who says something and is no customer, by file and class.
OTHERS = {
    "doors": (
        *("sandbox/testing/doors.py: CustomerDoor", "sandbox/testing/doors.py: RestDoor"),
        *("docs/dev/samples/doors.py: TelegramDoor", "docs/dev/samples/doors.py: WebDoor"),
        *(f"tests/desk/telegram_chat.py: {name}" for name in ("Talk", "Chat", "SandboxChat")),
    ),
    "agents": (
        *(
            "tests/desk/agent_browser.py: AgentBrowser",
            "tests/desk/forum.py: Member",
            "tests/desk/helpdesk.py: Helpdesk",
        ),
        *("tests/desk/test_helpdesk_restart.py: There", "tests/web/browser/test_telegram.py: FarBot"),
    ),
    "stand-ins for the desk": (
        *("benchmarks/console.py: Bench", "tests/bot/conversation/test_read_aloud.py: Lines"),
        *("tests/bot/handlers/scripted_desk.py: ScriptedDesk", "tests/bot/texts/test_compiled.py: Folder"),
        "tests/web/recorder.py: RecorderDesk",
    ),
    "what is outside": (
        "tests/bot/handlers/rasa/test_rasa_actions.py: Assistant",
        "tests/bot/handlers/telegram/bot_api.py: BotApi",
        "tests/bot/handlers/telegram/forum_api.py: ForumBotApi",
    ),
}


def players(root: Path = ROOT) -> tuple[str, ...]:
    """Return who plays a customer, as "file: class"."""
    others = {one for some in OTHERS.values() for one in some}
    files = (path for place in PLACES for path in sorted((root / place).rglob("*.py")))
    found = (f"{path.relative_to(root)}: {name}" for path in files for name in _speaking(path))
    return tuple(one for one in found if one not in others)


def _speaking(path: Path) -> Iterator[str]:
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.ClassDef) and any(getattr(part, "name", "") in ACTS for part in node.body):
            yield node.name
