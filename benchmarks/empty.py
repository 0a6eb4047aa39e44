"""The floor: an empty page with the app's sidebar, nothing of ours imported. `streamlit run benchmarks/empty.py`."""

import tomllib
from pathlib import Path

import streamlit as st

SECTIONS = 4
DECLARED = [tomllib.loads(path.read_text("utf-8")) for path in Path(__file__).parents[1].glob("pages/[0-9]*.toml")]
PAGES = sum(not page.get("operators") for page in DECLARED)  # a visitor's menu
PROGRAMMES = ["one", "two"]
DAYS = [f"{year}-{day}" for year in range(2018, 2025) for day in ("03-31", "06-30", "09-30", "12-31")]
MANY = {
    "territory": [f"Territory {number:02}" for number in range(1, 22)],
    "macro_area": [f"Area {number}" for number in range(1, 6)],
    "action_line": [f"Line {number}" for number in range(1, 5)],
}

st.set_page_config(page_title="Empty", layout="wide")
pages = [
    st.Page(lambda: None, title=f"Page {number}", url_path=f"page{number}" if number else "", default=not number)
    for number in range(PAGES)
]
page = st.navigation(pages, position="hidden")
with st.sidebar:
    for position, link in enumerate(pages):
        if position % -(-PAGES // SECTIONS) == 0:
            st.html('<p class="menu-heading">Section</p>')
        st.page_link(link, label=link.title, query_params=st.query_params)
    st.html('<p class="menu-heading">Filters</p>')
    st.selectbox("Programme", PROGRAMMES, key="programme")
    st.selectbox("As of", DAYS, key="as_of")
    for name, options in MANY.items():
        st.multiselect(name, options, key=name, placeholder="All")
    st.selectbox("Language", ["it", "en"], key="lang")
chosen = {name: st.session_state[name] for name in ("as_of", *MANY) if st.session_state[name]}
if {name: st.query_params.get_all(name) for name in chosen} != chosen:
    st.query_params.from_dict(chosen)
page.run()
