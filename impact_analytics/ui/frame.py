"""The script that Streamlit runs: settings of the window, the reader's choices, the menu, then the page."""

from impact_analytics.ui import menu

menu.run()
