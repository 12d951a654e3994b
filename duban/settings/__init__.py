"""What an installation is told once: where its data lie, how it sends, who can be called. From `duban.toml` and `DUBAN_*`."""

from duban.settings.read import database_url, load
from duban.settings.sections import KNOWN
from duban.settings.values import ChannelSettings, PortalSettings, Settings, Smtp

__all__ = ["KNOWN", "ChannelSettings", "PortalSettings", "Settings", "Smtp", "database_url", "load"]
