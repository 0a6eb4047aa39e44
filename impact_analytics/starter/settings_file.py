"""The `programme.toml` of an empty programme: every setting explained in Italian and English."""

SETTINGS = """\
# Che cosa le tabelle non dicono di questo programma. Le righe con DA SOSTITUIRE vanno sostituite.
# What the tables cannot say about this programme. Replace the lines that say TO BE REPLACED.

# Da dove vengono i dati: "supplied" (dell'Amministrazione) o "published" (pubblicati, con la fonte).
# Where the data come from: "supplied" (the authority's own) or "published" (with their source).
basis = "supplied"

# "open" (in corso) o "concluded" (concluso).
status = "open"

# Il giorno con cui si aprono le pagine: "newest", il più recente dei dati, o una data come 2030-12-31.
# The day with which the pages open: "newest", the newest of the data, or a date such as 2030-12-31.
default_as_of = "newest"

# L'avviso, come in programme_call.csv. / The call, as in programme_call.csv.
call = "{call}"

# Chi può accettare schede dalla pagina: indirizzi, o "sub:" e l'identificativo dell'accesso.
# Who may accept sheets on the page: addresses, or "sub:" and the identifier of the login.
# operators = ["nome.cognome@ente.example", "sub:0a1b2c"]
operators = []

# Il nome nei menu. / The name in menus.
[name]
it = "{id} (DA SOSTITUIRE)"
en = "{id} (TO BE REPLACED)"

# Il titolo per intero. / The title in full.
[title]
it = "DA SOSTITUIRE: titolo del programma"
en = "TO BE REPLACED: title of the programme"

# Come il programma chiama chi vi ha un ruolo; body: l'ente in body.csv, "" se non ve n'è uno.
# What the programme calls those who have a role in it; body: the body in body.csv, "" for none.
[roles.authority]
body = ""
it = "Amministrazione"
en = "Authority"

[roles.responsible_authority]
body = ""
it = "Responsabile del fondo"
en = "Fund authority"

[roles.audit_authority]
body = ""
it = "Controllo di secondo livello"
en = "Second-level control"

[roles.beneficiary]
body = ""
it = "Beneficiario"
en = "Beneficiary"

[roles.auditor]
body = ""
it = "Revisore"
en = "Auditor"

# Le regole che danno uno stato ai progetti stanno in un file a parte, status.toml: il README dice come.
# The rules that give projects a status stand in a file of their own, status.toml: the README says how.

# L'anno scolastico, mese-giorno, per le linee con school_time in action_line.csv.
# The school year, month-day, for the lines with school_time in action_line.csv.
[school]
starts = "09-01"
ends = "06-30"

# Soglie, con il loro fondamento in [grounds]; senza, le pagine mostrano le cifre e non le giudicano.
# Thresholds, with their ground in [grounds]; without, the pages show the figures and do not judge them.
[thresholds]
# sheet_late_days = 0       # giorni dopo la scadenza / days after the due day
# fresh_days = 120          # giorni dalla fine del periodo per dati recenti / days since a period's end for recent data
# request_days = 60         # giorni per una domanda di rimborso / days for a payment request
# gap_watch_points = 10     # scarto da seguire, in punti / gap to watch, in points
# gap_late_points = 20      # scarto in ritardo, in punti / gap that is late, in points
# on_the_spot_share = 0.10  # quota da controllare in loco / share to check on the spot
# budget_tolerance = 0.10   # variazione di una categoria di spesa / change of a cost category

[grounds]
# request_days = {{ it = "DA SOSTITUIRE: art. ...", en = "TO BE REPLACED: Art. ..." }}

# La selezione dei progetti da controllare in loco: il seme con cui si ripete, la parte a caso, i pesi del rischio.
# The selection of projects for checks on the spot: the seed that repeats it, the part at random, the weights of risk.
# [selection]
# seed = "2030-a"
# random_share = 0.5        # da 0 a 1 / from 0 to 1
# [selection.weights]       # quelli che servono / those that are needed
# eu_contribution = 2       # contributo UE / EU contribution
# sheets = 1                # schede non pervenute o fuori termine / sheets missing or late
# findings = 2              # rilievi aperti / open findings
# error = 2                 # errore in controlli precedenti / error in earlier checks
# uncovered_advance = 2     # anticipo non coperto / uncovered advance
# gap = 1                   # ritardo fisico sul tempo / physical progress behind time
"""
