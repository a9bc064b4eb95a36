"""The property *terms*: whatever a customer and the seller do, desk, API and provider agree with a ledger to the grosz.

Random stories; one that fails is shrunk and told with its dates. LIVES in the environment says how many.
"""

from collections.abc import Iterator
from os import environ

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, note, settings

from tests.bot.usecases.lives.desk import books, customer_of
from tests.bot.usecases.lives.life import STORIES, Life, Story
from tests.nightly import BY_DAY

LIVES = int(environ.get("LIVES", "150" if BY_DAY in environ else "10000"))


@pytest.fixture(scope="module")
def engine() -> Iterator[sa.Engine]:
    with books() as one:
        yield one


def lives(engine: sa.Engine, story: Story) -> None:
    with customer_of(engine) as connection:
        life = Life(connection, story)
        try:
            life.lives(story)
        finally:
            note("\n".join(life.told))


@settings(max_examples=LIVES, deadline=None, derandomize=BY_DAY in environ, suppress_health_check=[*HealthCheck])
@given(story=STORIES)
def test_every_life_agrees_with_the_ledger(engine: sa.Engine, story: Story) -> None:
    lives(engine, story)
