"""A Rasa assistant's action by the settings: `okienko actions` or `python -m rasa_sdk --actions bot.app.rasa`."""

from typing import Any

from pydantic import SecretStr

from bot.app.secret_key import load_or_make
from bot.app.settings import Settings
from bot.handlers.rasa import DeskAddress, OkienkoTurn


class ActionOkienkoTurn(OkienkoTurn):
    """The action as Rasa's action server constructs it: without arguments."""

    def __init__(self, desk: DeskAddress | None = None, **options: Any) -> None:
        super().__init__(desk or desk_address(Settings()), **options)

    def name(self) -> str:
        """Return the action's name in the assistant's domain."""
        return "action_okienko_turn"


def desk_address(settings: Settings) -> DeskAddress:
    """Return the desk that `OKIENKO_*` describes."""
    # The oldest: with another key every conversation would begin anew.
    key = settings.secret_keys[-1] if settings.secret_keys else SecretStr(load_or_make(settings.data_dir))
    token = next(iter(settings.rest_tokens), None)
    return DeskAddress((settings.desk_url or settings.base_url).rstrip("/"), token, key)
