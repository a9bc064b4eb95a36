"""Pydantic's models of which most desks use few: each makes its validator when it first reads something."""

from pydantic import BaseModel, ConfigDict


class LateModel(BaseModel):
    """A model that costs a start next to nothing."""

    model_config = ConfigDict(defer_build=True)
