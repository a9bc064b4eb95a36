"""The commands' menu of the chat, in each language."""

from telegram import Bot, BotCommand

from bot.handlers.telegram.command_menu import ChannelWords


async def set_menu(bot: Bot, default: str, words: ChannelWords) -> None:
    """Set the menu for every language, and `default`'s for customers of all others."""
    for language, said in words.menus.items():
        menu = [BotCommand(command, what) for command, what in said]
        # Telegram knows languages by two letters only; one of three has the menu as the default at most.
        if len(language) == 2:
            await bot.set_my_commands(menu, language_code=language)
        if language == default:
            await bot.set_my_commands(menu)
