"""Run the command line."""

import sys

from impact_analytics.cli import main

sys.exit(main())
