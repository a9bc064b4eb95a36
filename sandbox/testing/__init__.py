"""A customer for tests: of a seller's own profile, of an adapter, of the desk itself.

`opened_desk` starts a desk with its sandbox. A `Customer` comes to it by a door (REST, or one of your own) and does
what is expected, up to where the test begins. `DeskClient` is their phone, mailbox, bank and clock, and what the
seller's API says of them. Whoever uses these needs only a desk's address. How to: docs/how-to/test-your-journey.md.
"""

from sandbox.testing.customer import Customer as Customer
from sandbox.testing.customer import Person as Person
from sandbox.testing.desk import DeskClient as DeskClient
from sandbox.testing.desk import NotDone as NotDone
from sandbox.testing.desk import opened_desk as opened_desk
from sandbox.testing.doors import CustomerDoor as CustomerDoor
from sandbox.testing.doors import RestDoor as RestDoor
