"""docs/reference/api.md names every way of the seller's API and shows the card with exactly its fields."""

import json
import re
from pathlib import Path
from typing import Any

from bot.handlers.api.app import described
from bot.handlers.api.shapes import CustomerCard
from docs.dev.generated.api_page import page
from services.store.sqlite_files import prepare, writer
from services.store.tables.schema import metadata
from tests.services.domain.test_card import whole

PAGE = (Path(__file__).parents[2] / "docs" / "reference" / "api.md").read_text("utf-8")


def fields(value: Any, at: str = "") -> set[str]:
    """The names of all fields, those of rows once."""
    if isinstance(value, dict):
        return {
            name
            for key, inner in value.items()
            for name in (f"{at}{key}", *fields(inner if key != "answers" else None, f"{at}{key}."))
        }
    if isinstance(value, list):
        return {name for row in value for name in fields(row, at)}
    return set()


def test_every_way_has_its_heading() -> None:
    ways = {f"{method.upper()} {path}" for path, found in described().openapi()["paths"].items() for method in found}
    assert set(re.findall(r"^## ([A-Z]+ /\S+)$", PAGE, re.M)) == ways


def test_the_page_is_the_apis() -> None:
    assert page() == PAGE, "make it anew: python -m docs.dev.generated.api_page"


def test_the_card_is_shown_with_its_fields(tmp_path: Path) -> None:
    shown = json.loads(re.findall(r"^```json\n(.*?)^```", PAGE, re.M | re.S)[0])
    file = tmp_path / "desk.db"
    prepare(file)
    engine = writer(file)
    metadata.create_all(engine)
    with engine.begin() as connection:
        card = CustomerCard.model_validate(whole(connection)).model_dump(mode="json")
    assert fields(shown) == fields(card)
    engine.dispose()
