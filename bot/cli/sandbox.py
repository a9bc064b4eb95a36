"""`okienko sandbox`: the stand-ins alone, for several desks to point at."""

import asyncio
from typing import Annotated

import typer

from bot.app.sandbox_alone import serve
from bot.settings import Settings


def sandbox(port: Annotated[int, typer.Option(help="Port to listen on; 0 picks a free one.")] = 8090) -> None:
    """Run the stand-ins for every provider, without a desk."""
    settings = Settings()
    asyncio.run(serve(port, settings.data_dir))
