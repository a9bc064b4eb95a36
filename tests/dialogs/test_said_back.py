"""What an answered step's answer is called when it is said back."""

from bot.texts.toml_tables import common
from dialogs.journey import ALL, journey
from tests.table import table


@table("locale", ["pl", "it", "en"])
def test_every_step_whose_answer_is_said_back_has_its_words(locale: str) -> None:
    texts = common(locale)
    steps = [step for step in journey(tuple(ALL)).steps if step.slots and step.manners.said_back]
    told = [step for step in steps if step.effect is None and not step.elsewhere]

    assert [step.path for step in told if not {f"label.{step.name}", f"edit.{step.name}"} <= set(texts)] == []
