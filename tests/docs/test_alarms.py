"""Whoever is woken by an alarm finds in the guide what to do about it."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import yaml

from bot.app import logs
from tests.desk.running import running_desk

ROOT = Path(__file__).parents[2]
GUIDE = (ROOT / "docs" / "how-to" / "operate.md").read_text(encoding="utf-8")


def alarms() -> Iterator[str]:
    """Each event that is logged with `alarm=True`, always or at times, by its name."""
    for room in ("bot", "services"):
        for path in sorted((ROOT / room).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and node.args and any(map(_wakes, node.keywords)):
                    yield from _events(node.args[0])


def _wakes(given: ast.keyword) -> bool:
    """Return whether an argument is `alarm=…`, or brings it by `**`."""
    return given.arg == "alarm" or (
        given.arg is None and re.search(r"'alarm'|^wakes$", ast.unparse(given.value)) is not None
    )


def _events(name: ast.expr) -> Iterator[str]:
    if isinstance(name, ast.IfExp):
        name = name.body  # what it is called when it wakes somebody
    if isinstance(name, ast.Constant):
        yield str(name.value)
    else:
        assert ast.unparse(name) == "f'{self._place.name}_failed'", ast.unparse(name)
        yield from ("forum_failed", "helpdesk_failed")  # of each agents' desk outside


def test_every_alarm_is_in_the_guide_and_the_guide_names_no_other() -> None:
    found = {*alarms(), *logs.UNCAUGHT}
    assert {"misconfigured", "commit_failed"} <= found
    table = GUIDE[GUIDE.index("| event | do |") : GUIDE.index("## Alarms")]
    cells = [row.split("|")[1] for row in table.splitlines() if "|" in row]
    named = {name for cell in cells for name in re.findall(r"`([a-z_.]+)`", cell)}
    assert (sorted(found - named), sorted(named - found)) == ([], [])


async def test_the_rules_ask_for_figures_that_a_fresh_desk_has(tmp_path: Path) -> None:
    rules = "".join(re.findall(r"```yaml\n(groups:.*?)```", GUIDE, re.DOTALL))
    asked = [rule["expr"] for group in yaml.safe_load(rules)["groups"] for rule in group["rules"]]
    async with running_desk(tmp_path, telegram_mode="polling") as desk:
        figures = (await desk.http.get("/metrics")).text
        proxied = (await desk.http.get("/metrics", headers={"x-forwarded-for": "203.0.113.7"})).text
    series = [line.rpartition(" ")[0] for line in figures.splitlines() if not line.startswith("#")]
    for expression in asked:
        for name, labels in re.findall(r"(okienko_\w+)(?:\{(.*?)\})?", expression):
            wanted = re.findall(r'\w+="[^"]*"', labels)
            assert any(one.partition("{")[0] == name and all(label in one for label in wanted) for one in series), name
    # What hasn't happened counts 0: an increase over a series that begins with 1 is none.
    for failed in ('turns_total{kind="failed"}', 'calls_total{end="failed",kind="SendCode"}', 'waiting{what="people"}'):
        assert f"okienko_{failed} 0.0" in figures
    assert 'okienko_orders{state="paid"} 0.0' in figures
    assert "okienko_orders" not in proxied
    assert "_created" not in figures
