"""An empty, valid programme folder, for whoever begins with data of their own."""

from impact_analytics.starter.folder import StarterError, write

__all__ = ["StarterError", "write"]
