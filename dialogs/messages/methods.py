"""What ways to pay that a provider keeps cause, and what comes of it."""

from dataclasses import dataclass, field
from typing import ClassVar

from dialogs.kit.messages import Command, Event, Job
from values.payment import StoredWay


@dataclass(frozen=True, slots=True)
class SeeMethods(Command):
    """See which ways to pay are stored for the account. `page`: the customer wants to see them, too."""

    account_id: str
    page: bool = False


@dataclass(frozen=True, slots=True)
class MethodsSeen(Event):
    """All that are on file, oldest first; `default` is the kind that is the default, stored or not."""

    ways: tuple[StoredWay, ...] = field(repr=False)
    default: str | None
    page: bool


@dataclass(frozen=True, slots=True)
class SetDefaultMethod(Command):
    """The method for future renewals: one of a kind, or the stored one of this id."""

    account_id: str
    method: str
    way_id: str | None = None


@dataclass(frozen=True, slots=True)
class DefaultMethodSet(Event):
    """It is saved. `label`: of the stored one that it is."""

    method: str
    label: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class ForgetMethod(Command):
    """The customer wants a stored way to pay to be kept no longer."""

    account_id: str
    way_id: str


@dataclass(frozen=True, slots=True)
class MethodForgotten(Event):
    """The desk uses it no more; its provider is told next. `way_id` is None if it wasn't on file any more."""

    way_id: str | None
    label: str = field(default="", repr=False)
    was_default: bool = False


@dataclass(frozen=True, slots=True)
class ForgetStored(Job):
    """Tell the provider to keep it no longer."""

    background: ClassVar[bool] = True
    way_id: str


@dataclass(frozen=True, slots=True)
class ForgetPayer(Job):
    """Tell a provider to keep nothing of the person that the account was."""

    background: ClassVar[bool] = True
    provider: str
    account_id: str


@dataclass(frozen=True, slots=True)
class StoredForgotten(Event):
    """The provider keeps it no longer."""

    unasked: ClassVar[bool] = True


@dataclass(frozen=True, slots=True)
class StoredNotForgotten(Event):
    """The provider couldn't be told after all tries; the desk never uses it, and an alarm was raised."""

    unasked: ClassVar[bool] = True


@dataclass(frozen=True, slots=True)
class StoredWayGone(Event):
    """The provider keeps no longer what renewals are charged to."""

    label: str = field(repr=False)
