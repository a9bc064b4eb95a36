"""The program as a running desk has it in memory: what it loads while it starts, on either database, is here, too."""

from importlib import import_module

MODULES = tuple(
    """
    bot.cli.run bot.cli.sandbox bot.app.serve services.jobs.queue_engine services.jobs.queue_jobs
    services.store.listener services.store.postgres_store services.store.presence
    sqlalchemy.dialects.postgresql.psycopg sqlalchemy.dialects.sqlite.pysqlite procrastinate.schema
    uvicorn.lifespan.off uvicorn.protocols.http.auto uvicorn.protocols.websockets.auto anyio._backends._asyncio
    httpcore certifi
""".split()
)

for module in MODULES:
    import_module(module)
