"""The seeded, invented example programme: a country, its projects and five years of their monitoring."""

from impact_analytics.example.programme import write

__all__ = ["write"]
