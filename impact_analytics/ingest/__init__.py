"""What an authority hands in: judged in a dry run, shown as moves of the headline figures, accepted or withdrawn."""

from impact_analytics.ingest.acceptance import accept, withdraw
from impact_analytics.ingest.drafts import Details, Draft, Handed
from impact_analytics.ingest.preview import Preview, preview

__all__ = ["Details", "Draft", "Handed", "Preview", "accept", "preview", "withdraw"]
