"""The command `okienko`: one file per command, listed here. It reads the settings, starts what is built elsewhere."""

import typer

from bot.cli import actions, chat, nlu, run, sandbox

app = typer.Typer(
    name="okienko",
    help="A seller's sign-up desk inside the messenger.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_show_locals=False,  # locals may hold a key or a customer's words
)

app.command("run")(run.run_desk)
app.command("sandbox")(sandbox.sandbox)
app.command("chat")(chat.chat)
app.command("actions")(actions.actions)
app.add_typer(nlu.app, name="nlu")


def main() -> None:
    """The script's entry."""
    app()
