"""What a portal developer writes against: one object with the use cases as methods."""

from __future__ import annotations

from duban.facade.acting import Acting, BulkResult
from duban.facade.delivering import Delivering
from duban.facade.driving import Driving
from duban.facade.listing import Listing
from duban.facade.looking import Looking
from duban.facade.preparing import Preparing
from duban.facade.reviewing import Reviewing
from duban.facade.setting_up import SettingUp
from duban.facade.visiting import Visiting

__all__ = ["BulkResult", "Engine"]


class Engine(SettingUp, Acting, Preparing, Driving, Delivering, Looking, Listing, Reviewing, Visiting):
    """A database, its clock, and everything that can be done.

    `Engine("sqlite:///campaigns.db")` makes and migrates the file on first use; `postgresql+psycopg://…` expects `duban db upgrade`.
    Safe to share between threads; every call is a transaction of its own.
    """
