"""Settings of a desk that a command starts for itself: what the machine's real desk is set to must not reach it."""

from pydantic_settings import BaseSettings, PydanticBaseSettingsSource

from bot.app.settings import Settings


class OwnSettings(Settings):
    """Settings that are given, and no others: neither the environment nor `.env` is read."""

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Read what the constructor is given."""
        return (init_settings,)
