"""OAuth 2 access tokens for a client's credentials, as several providers give them."""

from collections.abc import Mapping
from datetime import timedelta

from msgspec import Struct, field
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sandbox.requests import bearer_of, has_basic
from sandbox.world import World


class TokenEndpoint(Struct, frozen=True):
    """A provider's tokens for one client; they last `lasts`.

    The credentials come by Basic authentication, with `in_form` as fields of the form. `more` is what the provider
    adds to its answer.
    """

    world: World
    provider: str
    client_id: str
    client_secret: str
    lasts: timedelta
    prefix: str = ""
    in_form: bool = False
    more: Mapping[str, str] = field(default_factory=dict[str, str])

    async def issue(self, request: Request) -> Response:
        """Serve `POST` of a form with `grant_type=client_credentials`."""
        form = await request.form()
        given = (form.get("client_id"), form.get("client_secret")) == (self.client_id, self.client_secret)
        if not (given if self.in_form else has_basic(request, self.client_id, self.client_secret)):
            return JSONResponse({"error": "invalid_client", "error_description": "Client Authentication failed"}, 401)
        if form.get("grant_type") != "client_credentials":
            body = {"error": "unsupported_grant_type", "error_description": "Grant Type is NULL or not supported"}
            return JSONResponse(body, 400)
        token = self.prefix + self.world.ledger.fresh_id(f"{self.provider}_token", 40)
        self.world.ledger.open_session(self.provider, token, self.world.clock.now() + self.lasts)
        lasts = int(self.lasts.total_seconds())
        return JSONResponse({**self.more, "access_token": token, "token_type": "Bearer", "expires_in": lasts})

    def refusal(self, request: Request) -> Response | None:
        """Return the answer to a request that bears none of these tokens, or one that has run out."""
        if self.world.ledger.session_is_open(self.provider, bearer_of(request), self.world.clock.now()):
            return None
        return JSONResponse({"error": "invalid_token", "error_description": "Token signature is invalid"}, 401)
