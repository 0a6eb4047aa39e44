"""The files of the folder that are no tables."""

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
budget_tolerance = 0.10

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
budget_tolerance.it = "Regole d'esempio, art. 11: variazioni tra categorie di spesa"
budget_tolerance.en = "Example rules, Art. 11: changes between cost categories"

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

STATUS = """\
# Written by `python -m impact_analytics example`; every rule is invented.
# The rules are read from the top: the first that fires gives a project its grade, so those with "late" come first.
#   metric      a figure of the app that has a number for each project
#   comparison  over, at_least, under or at_most
#   threshold   a number (points as they are read: 20; a share as 0.6), or a threshold of programme.toml, "-" before it
#   empty       what it means that there is no value: "not_known" (where nothing is said), or "fine"
#   lift        what has to happen for the rule not to fire; {amount} is where the app writes how much
# A project none of whose rules fires is on track; one of which a rule cannot be judged is not.

[[rules]]
id = "delay"
grade = "late"
metric = "residual_delay"
comparison = "over"
threshold = 90
means.it = "La fine prevista supera di oltre tre mesi il termine vigente"
means.en = "The expected end is more than three months after the term in force"
lift.it = "anticipare la fine prevista di {amount}"
lift.en = "bring the expected end forward by {amount}"
ground.it = "Regole d'esempio, art. 7"
ground.en = "Example rules, Art. 7"

[[rules]]
id = "gap"
grade = "late"
metric = "gap"
comparison = "under"
threshold = "-gap_late_points"
means.it = "L'avanzamento fisico è molto indietro rispetto al tempo trascorso"
means.en = "Physical progress is far behind the time elapsed"
lift.it = "{amount} di avanzamento fisico in più"
lift.en = "{amount} more of physical progress"

[[rules]]
id = "sheets"
grade = "late"
metric = "sheets_missing"
comparison = "at_least"
threshold = 3
means.it = "Mancano tre schede o più"
means.en = "Three sheets or more are missing"
lift.it = "schede non pervenute in meno: {amount}"
lift.en = "fewer sheets missing: {amount}"
ground.it = "Regole d'esempio, art. 4"
ground.en = "Example rules, Art. 4"

[[rules]]
id = "some_delay"
grade = "watch"
metric = "residual_delay"
comparison = "over"
threshold = 0
means.it = "La fine prevista supera il termine vigente"
means.en = "The expected end is after the term in force"
lift.it = "anticipare la fine prevista di {amount}"
lift.en = "bring the expected end forward by {amount}"
ground.it = "Regole d'esempio, art. 7"
ground.en = "Example rules, Art. 7"

[[rules]]
id = "some_gap"
grade = "watch"
metric = "gap"
comparison = "under"
threshold = "-gap_watch_points"
means.it = "L'avanzamento fisico è indietro rispetto al tempo trascorso"
means.en = "Physical progress is behind the time elapsed"
lift.it = "{amount} di avanzamento fisico in più"
lift.en = "{amount} more of physical progress"

[[rules]]
id = "some_sheets"
grade = "watch"
metric = "sheets_missing"
comparison = "at_least"
threshold = 1
means.it = "Manca almeno una scheda"
means.en = "At least one sheet is missing"
lift.it = "schede non pervenute in meno: {amount}"
lift.en = "fewer sheets missing: {amount}"
ground.it = "Regole d'esempio, art. 4"
ground.en = "Example rules, Art. 4"

[[rules]]
id = "advance"
grade = "watch"
metric = "uncovered_advance"
comparison = "over"
threshold = 100000
empty = "fine"
means.it = "L'anticipo non coperto da spesa ammessa è alto"
means.en = "The advance that eligible spending does not cover is high"
lift.it = "spesa ammessa, o restituzioni, per altri {amount}"
lift.en = "{amount} more of eligible spending, or of refunds"
ground.it = "Regole d'esempio, art. 10"
ground.en = "Example rules, Art. 10"

[[rules]]
id = "findings"
grade = "watch"
metric = "findings_open"
comparison = "at_least"
threshold = 2
empty = "fine"
means.it = "Due rilievi o più non sono chiusi"
means.en = "Two findings or more are not closed"
lift.it = "rilievi da chiudere: {amount}"
lift.en = "findings to close: {amount}"
ground.it = "Regole d'esempio, art. 14"
ground.en = "Example rules, Art. 14"
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
| `status.toml` | the rules that give each project its status |
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
