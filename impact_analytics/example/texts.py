"""The two files of the folder that are no tables."""

from impact_analytics.example.days import AS_OF
from impact_analytics.example.frame import CALL

PROGRAMME = f"""\
# Written by `python -m impact_analytics example`; every name and number is invented.
basis = "example"
status = "open"
default_as_of = {AS_OF.isoformat()}
call = "{CALL}"
position = 2

[name]
it = "Programma d'esempio"
en = "Example programme"

[title]
it = "Programma d'esempio: venti progetti inventati in un paese inventato"
en = "Example programme: twenty invented projects in an invented country"

[roles.authority]
body = "authority"
it = "Autorità di programma"
en = "Programme authority"

[roles.responsible_authority]
body = "responsible"
it = "Dipartimento dei fondi"
en = "Department of Funds"

[roles.audit_authority]
body = "audit"
it = "Autorità di controllo"
en = "Control authority"

[roles.beneficiary]
body = ""
it = "Beneficiario"
en = "Beneficiary"

[roles.auditor]
body = ""
it = "Revisore di progetto"
en = "Project auditor"

[school]
starts = "09-01"
ends = "06-30"

[thresholds]
sheet_late_days = 0
fresh_days = 120
overdue_days = 150
delinquent_days = 210
request_days = 60
gap_watch_points = 10
gap_late_points = 20
on_the_spot_share = 0.10
operational_share = 0.20
error_rate = 0.02

[grounds]
sheet_late_days = {{ it = "Regole d'esempio, art. 4", en = "Example rules, Art. 4" }}
fresh_days = {{ it = "Regole d'esempio, art. 4", en = "Example rules, Art. 4" }}
overdue_days = {{ it = "Regole d'esempio, art. 4", en = "Example rules, Art. 4" }}
delinquent_days = {{ it = "Regole d'esempio, art. 4", en = "Example rules, Art. 4" }}
request_days = {{ it = "Regole d'esempio, art. 9", en = "Example rules, Art. 9" }}
gap_watch_points = {{ it = "Convenzione di lettura", en = "Reading convention" }}
gap_late_points = {{ it = "Convenzione di lettura", en = "Reading convention" }}
on_the_spot_share = {{ it = "Regole d'esempio, art. 12", en = "Example rules, Art. 12" }}
operational_share = {{ it = "Regole d'esempio, art. 13", en = "Example rules, Art. 13" }}
error_rate = {{ it = "Regole d'esempio, art. 14", en = "Example rules, Art. 14" }}

[selection]
seed = "urna-17"
random_share = 0.5

[selection.weights]
eu_contribution = 2
sheets = 1
findings = 2
error = 2
uncovered_advance = 2
gap = 1
"""

README = """\
# The example programme

Everything here is invented: the country, the territories, the bodies, the projects, every date and every amount.
No row comes from a real programme, and no real name appears. All files are written from a seed by

    python -m impact_analytics example

The same seed gives the same bytes. Do not edit a file by hand: change `impact_analytics/example/` and write again.

| file | what it holds |
|---|---|
| `programme.toml` | names, roles, thresholds and the day the app opens on |
| `areas.geojson` | the shapes of the invented country |
| `<table>.csv` | one file per table, named like it |

## The story

A call opens in February 2019. Twenty of twenty-one territories take part; conventions are signed between December
2019 and the summer of 2020. In 2021 activities in presence are suspended; one project withdraws. In December 2021 an
extension with money raises the endowment from 24 to 30 million euro; in November 2023 a second one moves the term
only, to June 2025. In between the legal limits change. On 31 December 2024 the programme is still open: requests wait
with the authority, with a beneficiary and with an auditor, changes wait for an answer, and a few sheets are missing.

Licence: CC0-1.0. Source of every row: `seed`.
"""
