"""The few words that are the channel's own: the commands' menu and the button that shares the phone number."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from telegram import Bot, BotCommand

from bot.texts.catalogue import Catalogue
from bot.texts.toml_tables import common
from values.locale import ENGLISH, SHIPPED

COMMANDS = ("start", "back", "help", "agent", "lang", "elsewhere", "cancel", "restart")
"""The commands of the menu, in its order."""


@dataclass(frozen=True, slots=True)
class ChannelWords:
    """The words by language: `menus` says of each command what it does."""

    menus: Mapping[str, tuple[tuple[str, str], ...]]
    sharing: Mapping[str, str]

    def share_number(self, locale: str) -> str:
        """Return what the contact button says; in a language without words, in the first one."""
        return self.sharing.get(locale) or next(iter(self.sharing.values()))


def words_of(say: Callable[[str, str], str], locales: Iterable[str]) -> ChannelWords:
    """Return the words in some languages; `say` gives the text of a key in a language."""
    spoken = tuple(locales)
    return ChannelWords(
        {locale: tuple((name, say(f"telegram.menu.{name}", locale)) for name in COMMANDS) for locale in spoken},
        {locale: say("telegram.share_number", locale) for locale in spoken},
    )


@cache
def shipped_words() -> ChannelWords:
    """Return the words of the shipped languages, for a channel without a profile."""
    catalogue = Catalogue({locale: common(locale) for locale in SHIPPED}, {})
    return words_of(lambda key, locale: catalogue.fill(key, {}, locale), (ENGLISH, *SHIPPED))


async def set_menu(bot: Bot, default: str, words: ChannelWords) -> None:
    """Set the menu for every language, and `default`'s for customers of all others."""
    for language, said in words.menus.items():
        menu = [BotCommand(command, what) for command, what in said]
        # Telegram knows languages by two letters only; one of three has the menu as the default at most.
        if len(language) == 2:
            await bot.set_my_commands(menu, language_code=language)
        if language == default:
            await bot.set_my_commands(menu)
