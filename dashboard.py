"""The dashboard: `streamlit run dashboard.py`, or any ASGI server on `dashboard:app`."""

import streamlit as st

from impact_analytics.ui import shell

app = st.App(
    "impact_analytics/ui/frame.py",
    lifespan=shell.lifespan,
    routes=shell.routes(),
    middleware=shell.middleware(),
    on_script_error=shell.explain,
)
