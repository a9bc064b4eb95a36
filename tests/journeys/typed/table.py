"""The table of what came of typed journeys."""

from collections.abc import Sequence

from tests.journeys.typed.customer import Findings


def table(found: Sequence[Findings]) -> str:
    """Return a line a journey, its failures below, and the sums."""
    rows = [line for one in found for line in _lines(one)]
    interruptions, wrong = sum(one.interruptions for one in found), sum(len(one.wrong) for one in found)
    repeated, pressed = sum(len(one.repeated) for one in found), sum(len(one.pressed) for one in found)
    count = max(len(found), 1)
    rows += [
        "",
        f"ended {sum(one.ended for one in found)} of {len(found)}",
        f"interruptions handled {interruptions - wrong} of {interruptions} "
        f"({(interruptions - wrong) / max(interruptions, 1):.0%})",
        f"asked again {repeated} ({repeated / count:.2f} a journey)",
        f"only a button helped {pressed} ({pressed / count:.2f} a journey)",
    ]
    return "\n".join(rows)


def _lines(one: Findings) -> list[str]:
    handled = f"{one.interruptions - len(one.wrong)}/{one.interruptions}"
    rows = [f"{one.name:32} {'ended' if one.ended else 'stuck at ' + one.stuck:24} {handled}"]
    rows += [f"    {said.at}: “{said.say}”: {came}" for said, came in one.wrong]
    rows += [f"    {at}: asked again" for at in one.repeated]
    return rows + [f"    {at}: only a button helped" for at in one.pressed]
