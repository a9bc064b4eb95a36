"""The few words that are the channel's own: what the bot's profile and menu say, and buttons that only Telegram has."""

from collections.abc import Callable, Iterable, Mapping
from functools import cache, lru_cache
from ipaddress import ip_address
from urllib.parse import urlsplit

from msgspec import Struct
from telegram import Bot, BotCommand, MenuButtonCommands

from bot.conversation.outbound import ReplyLink
from bot.texts.catalogue import Catalogue
from bot.texts.toml_tables import common
from values.locale import ENGLISH, SHIPPED

COMMANDS = ("start", "back", "help", "agent", "lang", "elsewhere", "cancel", "restart")
"""The commands of the menu, in its order."""
OWN = tuple(
    "share_number copy pay paid renewal_on renewal_off choose change more back description short_description".split()
)
"""The other words: of the bot's profile, and of buttons that only Telegram has (`pay` stands before a sum)."""


#: The Bot API's own limits.
LONGEST_DESCRIPTION = 512
LONGEST_SHORT_DESCRIPTION = 120


class ChannelWords(Struct, frozen=True):
    """The words by language, then by name; `menus` says of each command what it does."""

    menus: Mapping[str, tuple[tuple[str, str], ...]]
    own: Mapping[str, Mapping[str, str]]

    def said(self, name: str, locale: str | None) -> str:
        """Return one of `OWN` in the language; in one without words, in the first."""
        return (self.own.get(locale or "") or next(iter(self.own.values())))[name]


class Looks(Struct, frozen=True):
    """The channel's words and reach, by which a message looks as it does.

    `at_home`: the chat is on the sandbox's Telegram, whose people reach what this machine does; `required`: the ids of
    the consents without which there is no account.
    """

    words: ChannelWords
    at_home: bool = False
    required: frozenset[str] = frozenset()

    def opens(self, link: ReplyLink) -> bool:
        """Return whether Telegram takes the address for a button: it refuses hosts that only this machine knows."""
        parts = urlsplit(link.href)
        host = (parts.hostname or "").rstrip(".").lower()
        return parts.scheme in ("http", "https") and bool(host) and (self.at_home or _is_public(host))


@lru_cache(maxsize=64)  # nearly all links lead to the desk's own host
def _is_public(host: str) -> bool:
    try:
        return ip_address(host).is_global
    except ValueError:
        return "." in host and not host.endswith((".localhost", ".local", ".internal", ".test", ".invalid"))


def words_of(say: Callable[[str, str], str], locales: Iterable[str]) -> ChannelWords:
    """Return the words in some languages; `say` gives the text of a key in a language."""
    spoken = tuple(locales)
    return ChannelWords(
        {locale: tuple((name, say(f"telegram.menu.{name}", locale)) for name in COMMANDS) for locale in spoken},
        {locale: {name: say(f"telegram.{name}", locale) for name in OWN} for locale in spoken},
    )


@cache
def shipped_words() -> ChannelWords:
    """Return the words of the shipped languages, for a channel without a profile."""
    catalogue = Catalogue({locale: common(locale) for locale in SHIPPED}, {})
    return words_of(lambda key, locale: catalogue.fill(key, {"seller": "Okienko"}, locale), (ENGLISH, *SHIPPED))


async def set_menu(bot: Bot, default: str, words: ChannelWords) -> None:
    """Set the menu for every language, and `default`'s for customers of all others; its button opens it."""
    for language, said in words.menus.items():
        menu = [BotCommand(command, what) for command, what in said]
        for code in _codes(language, default):
            await bot.set_my_commands(menu, language_code=code)
    await bot.set_chat_menu_button(menu_button=MenuButtonCommands())


async def set_profile(bot: Bot, default: str, words: ChannelWords) -> None:
    """Set what an empty chat and the bot's profile say, where they say something else: Telegram limits how often."""
    for language, own in words.own.items():
        long, short = own["description"][:LONGEST_DESCRIPTION], own["short_description"][:LONGEST_SHORT_DESCRIPTION]
        for code in _codes(language, default):
            if (await bot.get_my_description(code)).description != long:
                await bot.set_my_description(long, code)
            if (await bot.get_my_short_description(code)).short_description != short:
                await bot.set_my_short_description(short, code)


def _codes(language: str, default: str) -> list[str | None]:
    """Return for whom a language's words are; None stands for all who have none of their own.

    Telegram knows languages by two letters only; one of three has its words as the default at most.
    """
    return [*([language] if len(language) == 2 else []), *([None] if language == default else [])]
