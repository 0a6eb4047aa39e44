"""Sentences as an office would write them; all of them invented."""

PROJECT_TITLES = (
    "Passi comuni",
    "Porte aperte",
    "Il banco accanto",
    "Parole in viaggio",
    "Cantiere vicinanza",
    "Buon vicinato",
    "La piazza e la scuola",
    "Prima accoglienza, poi insieme",
    "Radici nuove",
    "Sportello amico",
    "Lingue di casa",
    "Orizzonti vicini",
    "Il quartiere impara",
    "Mappe condivise",
    "Sentieri",
    "A voce alta",
    "Le chiavi di casa",
    "Intrecci",
    "Una rete per tutti",
    "Campo largo",
)

# phase -> (origin, nature, sentence); the phase is what is happening to the project in that quarter
CAUSES: dict[str, tuple[tuple[str, str, str], ...]] = {
    "start": (
        (
            "beneficiary",
            "administrative",
            "La procedura di affidamento dei servizi è stata pubblicata con ritardo rispetto al cronoprogramma.",
        ),
        (
            "beneficiary",
            "administrative",
            "La gara è andata deserta e si è reso necessario ripetere la procedura con base d'asta aggiornata.",
        ),
        (
            "beneficiary",
            "organisational",
            "Il gruppo di lavoro è stato costituito solo a seguito della riorganizzazione del servizio competente.",
        ),
        (
            "beneficiary",
            "staff",
            "È in corso la selezione del personale esterno; le graduatorie non sono ancora definitive.",
        ),
        (
            "other_bodies",
            "administrative",
            "La sottoscrizione degli accordi con i partner si è protratta oltre i tempi previsti.",
        ),
        (
            "other_bodies",
            "administrative",
            "Si è in attesa della delibera degli enti partner per l'adesione formale alle attività.",
        ),
        (
            "other_bodies",
            "organisational",
            "Gli istituti scolastici hanno chiesto di avviare i laboratori con il nuovo anno scolastico.",
        ),
        (
            "other_bodies",
            "financial",
            "La variazione di bilancio necessaria all'accertamento delle somme non è stata ancora approvata.",
        ),
    ),
    "shock": (
        (
            "context",
            "external_event",
            "Le attività in presenza sono sospese per effetto delle misure adottate a livello nazionale.",
        ),
        (
            "context",
            "external_event",
            "I laboratori sono stati interrotti; si valuta il recupero delle ore nel prossimo anno scolastico.",
        ),
        (
            "context",
            "technical",
            "Parte delle attività è stata rimodulata a distanza, con una partecipazione inferiore alle attese.",
        ),
        (
            "other_bodies",
            "organisational",
            "Gli sportelli presso gli enti partner restano chiusi al pubblico fino a nuova disposizione.",
        ),
        (
            "other_bodies",
            "staff",
            "Il personale degli enti partner è stato assegnato in via prioritaria ad altri servizi.",
        ),
        ("beneficiary", "organisational", "Gli eventi pubblici programmati sono stati rinviati a data da destinarsi."),
    ),
    "pause": (
        (
            "other_bodies",
            "administrative",
            "Nelle more della sottoscrizione dell'atto aggiuntivo non sono stati assunti nuovi impegni.",
        ),
        (
            "beneficiary",
            "administrative",
            "L'atto aggiuntivo è all'esame degli uffici; i contratti in scadenza non sono stati prorogati.",
        ),
        (
            "beneficiary",
            "financial",
            "In attesa del nuovo termine non è stato possibile adottare le determine di spesa.",
        ),
    ),
    "late": (
        (
            "beneficiary",
            "staff",
            "Il referente di progetto è stato trasferito e la sostituzione non è ancora avvenuta.",
        ),
        (
            "beneficiary",
            "administrative",
            "È in corso una rimodulazione del budget; gli affidamenti collegati sono sospesi.",
        ),
        (
            "beneficiary",
            "organisational",
            "Le attività di rete si sono avviate con ritardo per la difficoltà di convocare i tavoli territoriali.",
        ),
        (
            "beneficiary",
            "technical",
            "La piattaforma per la rilevazione dei destinatari è entrata in funzione dopo la data prevista.",
        ),
        (
            "other_bodies",
            "staff",
            "L'affidatario ha sostituito i mediatori linguistici e il servizio è ripreso a regime ridotto.",
        ),
        (
            "other_bodies",
            "administrative",
            "Un partner ha trasmesso in ritardo la documentazione di spesa, che sarà esposta nel prossimo trimestre.",
        ),
        ("other_bodies", "organisational", "Due istituti scolastici hanno ridotto il numero di classi coinvolte."),
        (
            "context",
            "external_event",
            "L'aumento dei costi dei servizi ha richiesto di rivedere l'oggetto di un affidamento.",
        ),
        ("context", "technical", "La domanda raccolta dagli sportelli è inferiore alle stime in due distretti."),
    ),
}
UNCODED = (
    "Si veda la relazione allegata.",
    "Ritardo in via di recupero.",
    "Attività riprogrammata d'intesa con i partner.",
    "Come da comunicazioni intercorse per le vie brevi.",
)
ACTIVITIES = {
    "school": "Laboratori linguistici in orario curricolare ed extracurricolare",
    "adult_school": "Corsi di lingua e orientamento per adulti",
    "school_office": "Coordinamento degli istituti scolastici",
    "local_authority": "Sportello di accesso ai servizi",
    "social_district": "Presa in carico e raccordo tra i servizi",
    "municipal_association": "Supporto ai comuni aderenti",
    "university": "Formazione degli operatori e valutazione",
    "third_sector": "Mediazione linguistica e culturale",
    "migrant_association": "Incontri pubblici e consulta territoriale",
    "administration": "Direzione e coordinamento del progetto",
    "other": "Diffusione di materiali informativi",
}
REVIEWS = {
    "in_order": (
        "Scheda completa e coerente con la precedente.",
        "Nessun rilievo.",
        "Dati coerenti con la domanda di rimborso.",
    ),
    "integration": (
        "Si chiede di completare la parte fisica per la linea 01.",
        "Gli importi della linea 02 non quadrano con la scheda precedente: si chiede un riscontro.",
        "Mancano le cause di scostamento per i pacchetti in ritardo.",
    ),
    "problem": (
        "Avanzamento finanziario non coerente con quello fisico: si chiede una relazione.",
        "La spesa esposta in una voce supera il budget approvato.",
        "La scheda ripete i valori del trimestre precedente.",
    ),
}
FINDINGS = {
    "review": (
        "Spesa esposta senza corrispondente avanzamento degli indicatori.",
        "Voce di spesa superiore al budget vigente in assenza di rimodulazione.",
        "Dati sui destinatari non aggiornati per due trimestri.",
    ),
    "verification": (
        "Time-sheet privi della firma del responsabile per due mensilità.",
        "Spese di viaggio non riconducibili alle attività di progetto.",
        "Quietanza mancante per tre mandati di pagamento.",
        "Costi indiretti calcolati su una base superiore a quella ammissibile.",
        "Spesa sostenuta prima dell'avvio formale delle attività.",
    ),
    "serious": (
        "Affidamento diretto di servizi sopra soglia senza procedura comparativa.",
        "Personale imputato al progetto al 100% e contestualmente ad altra attività finanziata.",
    ),
    "check": (
        "Registri delle presenze compilati in modo incompleto.",
        "Targa informativa assente presso una delle sedi visitate.",
        "Contratto di collaborazione non conforme al massimale orario.",
    ),
}
REACTIONS = (
    "Documentazione integrata; il rilievo è superato.",
    "Il beneficiario accetta la decurtazione.",
    "Trasmesse controdeduzioni, parzialmente accolte.",
    "Adottata una procedura interna di controllo delle presenze.",
)
CHANGES: dict[str, tuple[tuple[str, str], ...]] = {
    "budget": (
        (
            "Spostamento di risorse tra voci di costo della linea 02",
            "Moving resources between cost categories of line 02",
        ),
        ("Minori spese di viaggio a favore dei laboratori", "Less travel, more workshops"),
        ("Maggiori ore di mediazione con le economie di gara", "More mediation hours from tender savings"),
    ),
    "schedule": (
        ("Riprogrammazione dei laboratori nel nuovo anno scolastico", "Workshops moved to the new school year"),
        ("Nuove date per l'apertura degli sportelli", "New dates for the opening of the help desks"),
    ),
    "extension": (
        (
            "Richiesta di un termine più lungo per il completamento delle attività",
            "Request for a longer term to complete activities",
        ),
        ("Richiesta di tre mesi per la chiusura degli affidamenti", "Request for three months to close the contracts"),
    ),
    "partnership": (
        ("Ingresso di un istituto scolastico nel partenariato", "A school joins the partnership"),
        ("Sostituzione di un partner del terzo settore", "A third-sector partner is replaced"),
    ),
}
