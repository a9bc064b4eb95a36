"""The pages of docs/reference tell what there is: the API's ways and fields, all commands, the names of a profile."""

import json
import re
from pathlib import Path
from types import ModuleType
from typing import Any

from pydantic import BaseModel

from bot.handlers.api.app import make_seller_api
from bot.handlers.api.shapes import CustomerCard
from bot.profile import schema
from docs.dev.generated import api_page, commands_page
from services.store.sqlite_files import prepare, writer
from services.store.tables.schema import metadata
from tests.architecture.rooms import ROOT
from tests.services.domain.test_card import whole
from tests.table import table

API, PROFILE = ((ROOT / "docs" / "reference" / f"{name}.md").read_text("utf-8") for name in ("api", "profile"))
MODELS = [
    model
    for model in vars(schema).values()
    if isinstance(model, type) and issubclass(model, BaseModel) and model.__module__ == schema.__name__
]


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
    ways = {
        f"{method.upper()} {path}" for path, found in make_seller_api().openapi()["paths"].items() for method in found
    }
    assert set(re.findall(r"^## ([A-Z]+ /\S+)$", API, re.M)) == ways


@table("written", [api_page, commands_page])
def test_a_page_that_is_written_is_todays(written: ModuleType) -> None:
    assert (ROOT / written.PAGE).read_text("utf-8") == written.page(), "run `make pages`"


def test_the_card_is_shown_with_its_fields(tmp_path: Path) -> None:
    shown = json.loads(re.findall(r"^```json\n(.*?)^```", API, re.M | re.S)[0])
    file = tmp_path / "desk.db"
    prepare(file)
    engine = writer(file)
    metadata.create_all(engine)
    with engine.begin() as connection:
        card = CustomerCard.model_validate(whole(connection)).model_dump(mode="json")
    assert fields(shown) == fields(card)
    engine.dispose()


def test_every_name_of_a_profile_is_told() -> None:
    named = [item for model in MODELS for item in model.model_fields.items()]
    names = {str(field.validation_alias or name) for name, field in named} - {"entry"}
    told = set(re.findall(r"`([a-z_]+)`", PROFILE)) | set(re.findall(r"^([a-z_]+) = ", PROFILE, re.M))
    tables = set(re.findall(r"\[+([a-z]+)\]", PROFILE))
    assert names - told - tables == set(), "tell them in docs/reference/profile.md"


def test_every_row_of_the_first_table_is_a_name_of_the_file() -> None:
    first, second = re.findall(r"(?:^\|.*\n)+", PROFILE, re.M)[:2]
    for rows_of, model in ((first, schema.ProfileFile), (second, schema.BrandTable)):
        assert set(re.findall(r"^\| `([a-z_]+)`", rows_of, re.M)) <= set(model.model_fields)
