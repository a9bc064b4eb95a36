"""Commands, jobs and events of stored ways to pay."""

from dataclasses import dataclass, field
from typing import ClassVar

from dialogs.kit.messages import Command, Event, Job
from values.payment import StoredWay


@dataclass(frozen=True, slots=True)
class SeeMethods(Command):
    """Read the account's stored ways to pay. `page`: to be shown to the customer."""

    account_id: str
    page: bool = False


@dataclass(frozen=True, slots=True)
class MethodsSeen(Event):
    """The stored ways, oldest first; `default` is the default method, stored or not."""

    ways: tuple[StoredWay, ...] = field(repr=False)
    default: str | None
    page: bool


@dataclass(frozen=True, slots=True)
class SetDefaultMethod(Command):
    """Set the method for future renewals: any of a kind, or the stored one of this id."""

    account_id: str
    method: str
    way_id: str | None = None


@dataclass(frozen=True, slots=True)
class DefaultMethodSet(Event):
    """The new method; `label`: that of the stored one."""

    method: str
    label: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class ForgetMethod(Command):
    """Stop using a stored way to pay."""

    account_id: str
    way_id: str


@dataclass(frozen=True, slots=True)
class MethodForgotten(Event):
    """A way that isn't used any more; its provider is told next. `way_id` is None if it wasn't stored."""

    way_id: str | None
    label: str = field(default="", repr=False)
    was_default: bool = False


@dataclass(frozen=True, slots=True)
class ForgetStored(Job):
    """Have the provider delete a stored way to pay."""

    background: ClassVar[bool] = True
    way_id: str


@dataclass(frozen=True, slots=True)
class ForgetPayer(Job):
    """Have a provider delete everything of the account's person."""

    background: ClassVar[bool] = True
    provider: str
    account_id: str


@dataclass(frozen=True, slots=True)
class StoredForgotten(Event):
    """The provider has deleted it."""

    unasked: ClassVar[bool] = True


@dataclass(frozen=True, slots=True)
class StoredNotForgotten(Event):
    """The provider couldn't be told after all tries; an alarm was raised."""

    unasked: ClassVar[bool] = True


@dataclass(frozen=True, slots=True)
class StoredWayGone(Event):
    """The provider has dropped the stored way that renewals are charged to."""

    label: str = field(repr=False)
