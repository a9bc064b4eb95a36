"""Whoever is woken by an alarm finds in the guide what to do about it."""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
GUIDE = (ROOT / "docs" / "how-to" / "operate.md").read_text(encoding="utf-8")


def alarms() -> Iterator[str]:
    """Each event that is logged with `alarm=True`, by its name."""
    for room in ("bot", "services"):
        for path in sorted((ROOT / room).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and any(one.arg == "alarm" for one in node.keywords) and node.args:
                    name = node.args[0]
                    if isinstance(name, ast.Constant):
                        yield str(name.value)


def test_every_alarm_is_in_the_guide() -> None:
    found = set(alarms())
    assert {"misconfigured", "commit_failed"} <= found
    assert [one for one in sorted(found) if f"`{one}`" not in GUIDE] == []
