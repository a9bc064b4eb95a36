"""What every part of one desk stands on: its settings, its seller, its store and clock, its far ends."""

from dataclasses import dataclass
from functools import cached_property

import httpx

from bot.app.providers import Providers
from bot.app.settings import Settings
from bot.conversation.metrics import Metrics
from bot.conversation.render import Renderer
from bot.profile import Profile
from services.clock import SystemClock
from services.store.database import Store
from values.seller import Seller


def mail_sender(settings: Settings, profile: Profile) -> str:
    """From whom letters come."""
    return settings.smtp_from or profile.brand.mail_sender


@dataclass(frozen=True)
class Dependencies:
    """Made first, changed never. `base_url`: where customers reach the desk."""

    settings: Settings
    profile: Profile
    store: Store
    clock: SystemClock
    server_key: bytes
    base_url: str
    client: httpx.AsyncClient
    providers: Providers
    figures: Metrics

    @property
    def seller(self) -> Seller:
        """Whose desk it is."""
        return self.profile.seller

    @cached_property
    def renderer(self) -> Renderer:
        """The seller's words; those that name a sender of letters name the one that is set."""
        return self.profile.renderer(mail_sender(self.settings, self.profile))

    @property
    def support_email(self) -> str:
        """Where the seller's people read."""
        return self.settings.support_email or self.profile.brand.support_email

    @property
    def quotas(self) -> bool:
        """Whether limits hold."""
        return self.settings.rate_limits == "on"

    @property
    def panel(self) -> str:
        """The seller's own panel, or what stands for it."""
        return f"{self.base_url}/sandbox/panel" if self.settings.sandboxed else self.profile.brand.panel_url
