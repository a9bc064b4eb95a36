"""The commands' menu of the chat, in each language."""

from telegram import Bot, BotCommand

from bot.handlers.telegram.words import COMMANDS, LANGUAGES


async def set_menu(bot: Bot, default: str) -> None:
    """Sets the menu for every language, and `default`'s for customers of all others."""
    for column, language in enumerate(LANGUAGES):
        menu = [BotCommand(command, said[column]) for command, said in COMMANDS]
        await bot.set_my_commands(menu, language_code=language)
        if language == default:
            await bot.set_my_commands(menu)
