"""The desk's own server: what it sets up otherwise than uvicorn does by itself."""

import asyncio
import contextlib
import socket

from starlette.responses import PlainTextResponse

from bot.app.serve import DeskServer
from bot.web.direct import Doors

#: https://caddyserver.com/docs/caddyfile/directives/reverse_proxy: `keepalive`; nginx's `keepalive_timeout` is 60.
CADDY_KEEPS_S = 120


async def test_an_idle_connection_is_left_for_the_proxy_to_close() -> None:
    server = DeskServer(PlainTextResponse("in"), Doors())
    with socket.create_server(("127.0.0.1", 0)) as listening:
        serving = asyncio.create_task(server.serve(sockets=[listening]))
        reader, writer = await asyncio.open_connection(*listening.getsockname())
        writer.write(b"GET / HTTP/1.1\r\nHost: desk\r\n\r\n")
        answer = await asyncio.wait_for(reader.readuntil(b"\r\n\r\nin"), 10)
        assert answer.startswith(b"HTTP/1.1 200")

        [connection] = server.server_state.connections
        closes: asyncio.TimerHandle = vars(connection)["timeout_keep_alive_task"]
        assert closes.when() - asyncio.get_running_loop().time() > CADDY_KEEPS_S

        server.should_exit = True
        with contextlib.suppress(asyncio.CancelledError):
            await serving
        assert await asyncio.wait_for(reader.read(), 10) == b"", "a desk that stops waits for no idle connection"
