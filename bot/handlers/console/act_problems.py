"""Why an act on money wasn't done, as its form says it."""

from collections.abc import Mapping

from bot.handlers.console.console import ConsoleProblem
from bot.handlers.console.formatting import ConsoleWords
from bot.usecases.agents.act_forms import OF_EVERY_ACT, ActNotDone
from services.payments.refunds import MOST_REASON


def act_problem(
    part: str, act: str, refused: ActNotDone, fields: Mapping[str, str], told: ConsoleWords
) -> ConsoleProblem:
    """Return the problem, with what was typed and what confirms it."""
    shown = "" if refused.sum is None else told.money(refused.sum.minor, refused.sum.currency)
    values = {"sum": shown, "sure": refused.sure, "typed": fields.get("typed", ""), "most": MOST_REASON}
    key = f"{'act' if refused.why in OF_EVERY_ACT else act}_{refused.why}"
    return ConsoleProblem(part, key, values, fields.get("reason", ""), f"{act}-{fields.get('of', '')}")
