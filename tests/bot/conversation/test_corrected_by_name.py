"""One answer that may be corrected, asked for by its name, is the one that stands among all of them."""

from bot.conversation.expectations import Expectations
from tests.bot.conversation.uttered import STEPS, at
from tests.journeys.teller import hearing
from tests.table import table


@table("step", STEPS)
def test_an_answer_is_found_by_its_name_as_among_all(step: str) -> None:
    name, driver = at(step, "pl")
    heard = hearing(name)
    expected = Expectations(heard.journey, heard.renderer).at(driver.step, driver.context(driver.case))
    every = dict.fromkeys((*(s.name for s in heard.journey.steps), *(str(s.expects) for s in heard.journey.steps)))
    alone = {one: expected.correctable[one] for one in every if one in expected.correctable}

    assert alone == {one: expected.correctable[one] for one in expected.correctable}
