-- The contract of a programme's data files: one table a file, one column a header, one constraint a rule.
-- Above each table stands what it holds, in every language: the README of a new programme folder says it.
-- Ids are slugs; money is in euro, DECIMAL(18,2); shares of a money column (eu, state, own) are blank where not known.
-- `known_from` is the day since when a row can be known: a reader who asks as of an earlier day does not see it.
-- `*_precision` says how much of a date is known; the date is then the last day of the month or year.
-- Every table also gets from the build: `basis`, `file` and `line`, the place where the row stands.

-- ---------------------------------------------------------------- frame

-- it: da dove viene ogni riga: titolo, chi pubblica, indirizzo, data, licenza
-- en: where each row comes from: title, publisher, address, date, licence
CREATE TABLE source (
    source_id VARCHAR PRIMARY KEY CHECK (regexp_full_match(source_id, '[a-z0-9_]+')),
    title VARCHAR NOT NULL,
    publisher VARCHAR NOT NULL,
    url VARCHAR CHECK (regexp_matches(url, '^https?://')),
    published_on DATE,
    published_precision VARCHAR CHECK (published_precision IN ('day', 'month', 'year')),
    licence VARCHAR,
    note_it VARCHAR,
    note_en VARCHAR
);

-- it: i nomi dei codici propri del programma: ruoli, tipi di soggetti, reti, categorie di spesa, cause, tipi di atti
-- en: the names of the programme's own codes: roles, kinds of bodies, networks, cost categories, causes, kinds of acts
-- Names of a programme's own codes. `parent` says under which code of another list it is counted.
CREATE TABLE code (
    list VARCHAR NOT NULL CHECK (list IN (
        'role', 'kind', 'network', 'cost_category', 'cause_origin', 'cause_nature', 'act_kind'
    )),
    code VARCHAR NOT NULL CHECK (regexp_full_match(code, '[a-z0-9_]+')),
    name_it VARCHAR NOT NULL,
    name_en VARCHAR NOT NULL,
    position INTEGER NOT NULL,
    parent VARCHAR,
    PRIMARY KEY (list, code)
);

-- it: gli enti che governano il programma e il loro compito
-- en: the bodies that run the programme and their task
CREATE TABLE body (
    body_id VARCHAR PRIMARY KEY CHECK (regexp_full_match(body_id, '[a-z0-9_]+')),
    name_it VARCHAR NOT NULL,
    name_en VARCHAR NOT NULL,
    task_it VARCHAR NOT NULL,
    task_en VARCHAR NOT NULL,
    url VARCHAR CHECK (regexp_matches(url, '^https?://')),
    source_id VARCHAR NOT NULL REFERENCES source (source_id)
);

-- it: l'avviso: titolo, fondo, obiettivo, apertura
-- en: the call: title, fund, objective, opening
CREATE TABLE programme_call (
    call_id VARCHAR PRIMARY KEY CHECK (regexp_full_match(call_id, '[a-z0-9_]+')),
    title_it VARCHAR NOT NULL,
    title_en VARCHAR NOT NULL,
    fund_it VARCHAR NOT NULL,
    fund_en VARCHAR NOT NULL,
    objective_it VARCHAR NOT NULL,
    objective_en VARCHAR NOT NULL,
    opened_on DATE NOT NULL,
    known_from DATE NOT NULL,
    source_id VARCHAR NOT NULL REFERENCES source (source_id)
);

-- it: le ripartizioni geografiche
-- en: the macro-areas
CREATE TABLE macro_area (
    macro_area VARCHAR PRIMARY KEY CHECK (regexp_full_match(macro_area, '[a-z0-9_]+')),
    name_it VARCHAR NOT NULL,
    name_en VARCHAR NOT NULL,
    position INTEGER NOT NULL
);

-- it: i territori che partecipano o potevano partecipare
-- en: the territories that take part, or could have
-- `applied` is false for a territory that could have taken part and did not.
CREATE TABLE territory (
    territory VARCHAR PRIMARY KEY CHECK (regexp_full_match(territory, '[A-Z0-9]+')),
    name_it VARCHAR NOT NULL,
    name_en VARCHAR NOT NULL,
    macro_area VARCHAR NOT NULL REFERENCES macro_area (macro_area),
    national_code VARCHAR,
    applied BOOLEAN NOT NULL,
    note_it VARCHAR,
    note_en VARCHAR,
    source_id VARCHAR NOT NULL REFERENCES source (source_id)
);

-- it: le linee d'azione
-- en: the lines of action
CREATE TABLE action_line (
    action_line VARCHAR PRIMARY KEY CHECK (regexp_full_match(action_line, '[a-z0-9_]+')),
    call_id VARCHAR NOT NULL REFERENCES programme_call (call_id),
    position INTEGER NOT NULL,
    name_it VARCHAR NOT NULL,
    name_en VARCHAR NOT NULL,
    title_it VARCHAR NOT NULL,
    title_en VARCHAR NOT NULL,
    school_time BOOLEAN NOT NULL,
    source_id VARCHAR NOT NULL REFERENCES source (source_id)
);

-- it: gli indicatori, con unità e livello
-- en: the indicators, with unit and level
-- `unique_persons`: the indicator counts persons once, so it never adds over lines, periods or projects.
CREATE TABLE indicator (
    indicator_id VARCHAR PRIMARY KEY CHECK (regexp_full_match(indicator_id, '[a-z0-9_]+')),
    action_line VARCHAR REFERENCES action_line (action_line),
    name_it VARCHAR NOT NULL,
    name_en VARCHAR NOT NULL,
    unit VARCHAR NOT NULL CHECK (unit IN ('persons', 'contacts', 'count', 'hours')),
    level VARCHAR NOT NULL CHECK (level IN ('output', 'result', 'reach')),
    common_code VARCHAR,
    unique_persons BOOLEAN NOT NULL,
    source_id VARCHAR NOT NULL REFERENCES source (source_id)
);

-- it: la popolazione di un territorio a una data
-- en: the population of a territory on a date
CREATE TABLE population (
    territory VARCHAR NOT NULL REFERENCES territory (territory),
    on_date DATE NOT NULL,
    third_country_nationals BIGINT CHECK (third_country_nationals >= 0),
    long_term_permits BIGINT CHECK (long_term_permits >= 0),
    foreign_residents BIGINT CHECK (foreign_residents >= 0),
    residents BIGINT CHECK (residents >= 0),
    source_id VARCHAR NOT NULL REFERENCES source (source_id),
    PRIMARY KEY (territory, on_date)
);

-- ---------------------------------------------------------------- projects

-- it: i progetti, uno per avviso e territorio
-- en: the projects, one for each call and territory
-- `project_id` is `<call>-<territory>`. A withdrawal or an end is known from its own day on.
CREATE TABLE project (
    project_id VARCHAR PRIMARY KEY,
    call_id VARCHAR NOT NULL REFERENCES programme_call (call_id),
    territory VARCHAR NOT NULL REFERENCES territory (territory),
    title VARCHAR,
    prog_code VARCHAR UNIQUE,
    cup VARCHAR UNIQUE,
    lead VARCHAR NOT NULL,
    ranking INTEGER CHECK (ranking > 0),
    planned_months INTEGER CHECK (planned_months > 0),
    started_on DATE,
    started_precision VARCHAR CHECK (started_precision IN ('day', 'month', 'year')),
    ended_on DATE,
    ended_precision VARCHAR CHECK (ended_precision IN ('day', 'month', 'year')),
    withdrawn_on DATE,
    withdrawn_precision VARCHAR CHECK (withdrawn_precision IN ('day', 'month', 'year')),
    url VARCHAR CHECK (regexp_matches(url, '^https?://')),
    note_it VARCHAR,
    note_en VARCHAR,
    known_from DATE NOT NULL,
    source_id VARCHAR NOT NULL REFERENCES source (source_id),
    CHECK (ended_on IS NULL OR started_on IS NULL OR ended_on >= started_on)
);

-- it: gli atti, con le loro tre date
-- en: the acts, with their three dates
-- `adopted_on`, `registered_on`, `effective_on`: the three dates of an act. `milestone`: shown on every time line.
CREATE TABLE act (
    act_id VARCHAR PRIMARY KEY CHECK (regexp_full_match(act_id, '[a-z0-9_]+')),
    kind VARCHAR NOT NULL,
    number VARCHAR,
    title_it VARCHAR NOT NULL,
    title_en VARCHAR NOT NULL,
    short_it VARCHAR NOT NULL,
    short_en VARCHAR NOT NULL,
    body_id VARCHAR REFERENCES body (body_id),
    project_id VARCHAR REFERENCES project (project_id),
    adopted_on DATE NOT NULL,
    registered_on DATE,
    effective_on DATE,
    extension VARCHAR CHECK (extension IN ('with_money', 'without_money', 'not_known')),
    milestone BOOLEAN NOT NULL,
    url VARCHAR CHECK (regexp_matches(url, '^https?://')),
    known_from DATE NOT NULL,
    source_id VARCHAR NOT NULL REFERENCES source (source_id)
);

-- it: la dotazione dell'avviso, in ogni sua versione
-- en: the endowment of the call, in each of its versions
-- `amount_eur` is the call's whole endowment as this version states it; blank: changed by an act whose amount is not public.
-- `total`: the version that the funding of the projects must add up to.
CREATE TABLE endowment (
    endowment_id VARCHAR PRIMARY KEY CHECK (regexp_full_match(endowment_id, '[a-z0-9_]+')),
    call_id VARCHAR NOT NULL REFERENCES programme_call (call_id),
    kind VARCHAR NOT NULL CHECK (kind IN ('announced', 'assigned', 'increase')),
    amount_eur DECIMAL(18, 2) CHECK (amount_eur >= 0),
    total BOOLEAN NOT NULL,
    act_id VARCHAR REFERENCES act (act_id),
    note_it VARCHAR,
    note_en VARCHAR,
    known_from DATE NOT NULL,
    source_id VARCHAR NOT NULL REFERENCES source (source_id)
);

-- it: la regola di riparto tra i progetti
-- en: the rule by which the endowment is allocated to projects
-- Funding of a project by the call's rule: `fixed_eur` and a share of the rest by `need` on `reference_on`.
CREATE TABLE allocation_rule (
    call_id VARCHAR PRIMARY KEY REFERENCES programme_call (call_id),
    fixed_eur DECIMAL(18, 2) NOT NULL CHECK (fixed_eur >= 0),
    need VARCHAR NOT NULL CHECK (need IN ('third_country_nationals', 'foreign_residents', 'residents')),
    reference_on DATE NOT NULL,
    endowment_id VARCHAR NOT NULL REFERENCES endowment (endowment_id),
    published_it VARCHAR NOT NULL,
    published_en VARCHAR NOT NULL,
    assumed_it VARCHAR NOT NULL,
    assumed_en VARCHAR NOT NULL,
    source_id VARCHAR NOT NULL REFERENCES source (source_id)
);

-- it: i termini delle attività, dell'avviso o di un progetto, e le loro proroghe
-- en: the last days of activities, of the call or of a project, and their extensions
-- The last day of activities, for the whole call (`project_id` blank) or for one project. The latest decision is in force.
-- `decided_not_after` replaces `known_from` where the act was not found: in force at the latest then, possible since `decided_not_before`.
CREATE TABLE deadline (
    deadline_id VARCHAR PRIMARY KEY CHECK (regexp_full_match(deadline_id, '[a-z0-9_]+')),
    call_id VARCHAR NOT NULL REFERENCES programme_call (call_id),
    project_id VARCHAR REFERENCES project (project_id),
    ends_on DATE NOT NULL,
    act_id VARCHAR REFERENCES act (act_id),
    extension VARCHAR NOT NULL CHECK (extension IN ('first', 'with_money', 'without_money', 'not_known')),
    known_from DATE,
    decided_not_before DATE,
    decided_not_after DATE,
    note_it VARCHAR,
    note_en VARCHAR,
    source_id VARCHAR NOT NULL REFERENCES source (source_id),
    CHECK ((known_from IS NULL) <> (decided_not_after IS NULL))
);

-- it: i limiti di legge per spesa, pagamenti e relazione finale
-- en: the legal limits for expenditure, payments and the final report
CREATE TABLE legal_limit (
    kind VARCHAR NOT NULL CHECK (kind IN ('incurred', 'paid', 'final_report')),
    limit_on DATE NOT NULL,
    act_id VARCHAR REFERENCES act (act_id),
    known_from DATE NOT NULL,
    source_id VARCHAR NOT NULL REFERENCES source (source_id),
    PRIMARY KEY (kind, known_from)
);

-- it: il finanziamento di un progetto, in ogni sua versione
-- en: the funding of a project, in each of its versions
-- Funding in force of a project as this version states it.
CREATE TABLE funding (
    project_id VARCHAR NOT NULL REFERENCES project (project_id),
    version INTEGER NOT NULL CHECK (version > 0),
    amount_eur DECIMAL(18, 2) NOT NULL CHECK (amount_eur >= 0),
    eu_eur DECIMAL(18, 2) CHECK (eu_eur >= 0),
    state_eur DECIMAL(18, 2) CHECK (state_eur >= 0),
    own_eur DECIMAL(18, 2) CHECK (own_eur >= 0),
    act_id VARCHAR REFERENCES act (act_id),
    note_it VARCHAR,
    note_en VARCHAR,
    known_from DATE NOT NULL,
    source_id VARCHAR NOT NULL REFERENCES source (source_id),
    PRIMARY KEY (project_id, version)
);

-- it: i soggetti di un progetto: ruolo, tipo, sede
-- en: the bodies of a project: role, kind, seat
-- `location`: whether the municipality is in the source or was inferred.
CREATE TABLE partner (
    partner_id VARCHAR PRIMARY KEY CHECK (regexp_full_match(partner_id, '[a-z0-9_]+')),
    project_id VARCHAR NOT NULL REFERENCES project (project_id),
    action_line VARCHAR REFERENCES action_line (action_line),
    name VARCHAR NOT NULL,
    kind VARCHAR NOT NULL,
    role VARCHAR NOT NULL,
    role_stated VARCHAR,
    counts_in_total VARCHAR NOT NULL CHECK (counts_in_total IN ('yes', 'no', 'unsettled')),
    municipality VARCHAR,
    province VARCHAR,
    location VARCHAR CHECK (location IN ('stated', 'inferred')),
    lon DOUBLE CHECK (lon BETWEEN -180 AND 180),
    lat DOUBLE CHECK (lat BETWEEN -90 AND 90),
    note_it VARCHAR,
    note_en VARCHAR,
    known_from DATE NOT NULL,
    source_id VARCHAR NOT NULL REFERENCES source (source_id),
    CHECK ((lon IS NULL) = (lat IS NULL))
);

-- it: il finanziamento di un soggetto, in ogni sua versione
-- en: the funding of a partner, in each of its versions
CREATE TABLE partner_funding (
    partner_id VARCHAR NOT NULL REFERENCES partner (partner_id),
    version INTEGER NOT NULL CHECK (version > 0),
    amount_eur DECIMAL(18, 2) NOT NULL CHECK (amount_eur >= 0),
    known_from DATE NOT NULL,
    source_id VARCHAR NOT NULL REFERENCES source (source_id),
    PRIMARY KEY (partner_id, version)
);

-- it: quanti soggetti le proposte prevedevano di coinvolgere
-- en: how many bodies the proposals planned to involve
-- How many bodies of a kind the proposals planned to involve; by project where published.
CREATE TABLE network_count (
    network VARCHAR NOT NULL,
    project_id VARCHAR REFERENCES project (project_id),
    planned INTEGER NOT NULL CHECK (planned >= 0),
    note_it VARCHAR,
    note_en VARCHAR,
    known_from DATE NOT NULL,
    source_id VARCHAR NOT NULL REFERENCES source (source_id),
    UNIQUE (network, project_id)
);

-- it: i risultati come sono stati pubblicati
-- en: the results as they were published
-- A result as somebody published it. `qualifier`: what the source says of the number.
CREATE TABLE result (
    result_id VARCHAR PRIMARY KEY CHECK (regexp_full_match(result_id, '[a-z0-9_]+')),
    project_id VARCHAR NOT NULL REFERENCES project (project_id),
    action_line VARCHAR REFERENCES action_line (action_line),
    kind VARCHAR NOT NULL CHECK (kind IN ('achieved', 'target')),
    unit VARCHAR NOT NULL CHECK (unit IN ('persons', 'contacts', 'count', 'hours')),
    qualifier VARCHAR NOT NULL CHECK (qualifier IN ('exact', 'about', 'over', 'under')),
    value BIGINT NOT NULL CHECK (value >= 0),
    name_it VARCHAR NOT NULL,
    name_en VARCHAR NOT NULL,
    on_date DATE,
    on_precision VARCHAR CHECK (on_precision IN ('day', 'month', 'year')),
    known_from DATE NOT NULL,
    source_id VARCHAR NOT NULL REFERENCES source (source_id)
);

-- it: attività, avvisi, opportunità e documenti di un territorio
-- en: activities, calls, opportunities and documents of a territory
CREATE TABLE territory_item (
    item_id VARCHAR PRIMARY KEY CHECK (regexp_full_match(item_id, '[a-z0-9_]+')),
    territory VARCHAR NOT NULL REFERENCES territory (territory),
    project_id VARCHAR REFERENCES project (project_id),
    kind VARCHAR NOT NULL CHECK (kind IN ('project', 'activity', 'call', 'opportunity', 'document')),
    title_it VARCHAR NOT NULL,
    title_en VARCHAR NOT NULL,
    on_date DATE,
    on_precision VARCHAR CHECK (on_precision IN ('day', 'month', 'year')),
    url VARCHAR CHECK (regexp_matches(url, '^https?://')),
    known_from DATE NOT NULL,
    source_id VARCHAR NOT NULL REFERENCES source (source_id)
);

-- it: che cosa c'era prima e che cosa è venuto dopo
-- en: what was there before and what came after
CREATE TABLE continuity (
    continuity_id VARCHAR PRIMARY KEY CHECK (regexp_full_match(continuity_id, '[a-z0-9_]+')),
    territory VARCHAR REFERENCES territory (territory),
    direction VARCHAR NOT NULL CHECK (direction IN ('before', 'after')),
    title_it VARCHAR NOT NULL,
    title_en VARCHAR NOT NULL,
    amount_eur DECIMAL(18, 2) CHECK (amount_eur >= 0),
    starts_on DATE,
    starts_precision VARCHAR CHECK (starts_precision IN ('day', 'month', 'year')),
    ends_on DATE,
    ends_precision VARCHAR CHECK (ends_precision IN ('day', 'month', 'year')),
    known_from DATE NOT NULL,
    source_id VARCHAR NOT NULL REFERENCES source (source_id)
);

-- it: frasi delle fonti sull'avanzamento, nelle loro parole
-- en: sentences of the sources about progress, in their own words
-- A sentence of a source about progress, in the source's words.
CREATE TABLE statement (
    statement_id VARCHAR PRIMARY KEY CHECK (regexp_full_match(statement_id, '[a-z0-9_]+')),
    subject VARCHAR NOT NULL CHECK (subject IN ('progress', 'control', 'context')),
    action_line VARCHAR REFERENCES action_line (action_line),
    quote VARCHAR NOT NULL,
    quote_lang VARCHAR NOT NULL CHECK (regexp_full_match(quote_lang, '[a-z]{2}')),
    meaning_it VARCHAR NOT NULL,
    meaning_en VARCHAR NOT NULL,
    on_date DATE NOT NULL,
    known_from DATE NOT NULL,
    source_id VARCHAR NOT NULL REFERENCES source (source_id)
);

-- it: le incongruenze delle fonti e come sono trattate
-- en: the contradictions of the sources and how they are treated
CREATE TABLE contradiction (
    contradiction_id VARCHAR PRIMARY KEY CHECK (regexp_full_match(contradiction_id, '[a-z0-9_]+')),
    position INTEGER NOT NULL,
    quote VARCHAR NOT NULL,
    problem_it VARCHAR NOT NULL,
    problem_en VARCHAR NOT NULL,
    treatment_it VARCHAR NOT NULL,
    treatment_en VARCHAR NOT NULL,
    source_id VARCHAR NOT NULL REFERENCES source (source_id)
);

-- it: l'altra lettura di una incongruenza: che cosa cambierebbe nelle tabelle
-- en: the other reading of a contradiction: what it would change in the tables
-- Rows of `table_name` whose `key_column` has `key_value` would have `value` in `column_name`; without a column, they are left out.
CREATE TABLE alternative (
    contradiction_id VARCHAR NOT NULL REFERENCES contradiction (contradiction_id),
    table_name VARCHAR NOT NULL,
    key_column VARCHAR NOT NULL,
    key_value VARCHAR NOT NULL,
    column_name VARCHAR,
    value VARCHAR,
    UNIQUE (contradiction_id, table_name, key_column, key_value, column_name)
);

-- it: che cosa un lettore chiederebbe e nessuna fonte dice
-- en: what a reader would ask and no source says
-- What a reader would ask and no source answers; `page` is the slug of the page that would show it.
CREATE TABLE gap (
    gap_id VARCHAR PRIMARY KEY CHECK (regexp_full_match(gap_id, '[a-z0-9_]+')),
    position INTEGER NOT NULL,
    page VARCHAR NOT NULL,
    title_it VARCHAR NOT NULL,
    title_en VARCHAR NOT NULL,
    reason_it VARCHAR NOT NULL,
    reason_en VARCHAR NOT NULL
);

-- it: altre fonti di singole colonne di una riga
-- en: further sources of single columns of a row
-- Further sources of single columns of a row.
CREATE TABLE citation (
    table_name VARCHAR NOT NULL,
    row_id VARCHAR NOT NULL,
    column_name VARCHAR NOT NULL,
    source_id VARCHAR NOT NULL REFERENCES source (source_id),
    PRIMARY KEY (table_name, row_id, column_name, source_id)
);

-- ---------------------------------------------------------------- monitoring

-- it: le rimodulazioni chieste e il loro esito
-- en: the changes asked for and their outcome
-- `moved_eur`: what a change of the budget asks to move between items; blank where the request does not say.
CREATE TABLE change_request (
    change_id VARCHAR PRIMARY KEY CHECK (regexp_full_match(change_id, '[a-z0-9_]+')),
    project_id VARCHAR NOT NULL REFERENCES project (project_id),
    kind VARCHAR NOT NULL CHECK (kind IN ('budget', 'schedule', 'extension', 'partnership')),
    title_it VARCHAR NOT NULL,
    title_en VARCHAR NOT NULL,
    requested_on DATE NOT NULL,
    decided_on DATE,
    outcome VARCHAR CHECK (outcome IN ('approved', 'refused', 'withdrawn')),
    effective_on DATE,
    act_id VARCHAR REFERENCES act (act_id),
    moved_eur DECIMAL(18, 2) CHECK (moved_eur >= 0),
    known_from DATE NOT NULL,
    source_id VARCHAR NOT NULL REFERENCES source (source_id),
    CHECK (decided_on >= requested_on),
    CHECK ((decided_on IS NULL) = (outcome IS NULL))
);

-- it: il budget di un progetto per linea e categoria di spesa, in ogni sua versione
-- en: the budget of a project by line and cost category, in each of its versions
CREATE TABLE budget (
    project_id VARCHAR NOT NULL REFERENCES project (project_id),
    version INTEGER NOT NULL CHECK (version > 0),
    action_line VARCHAR NOT NULL REFERENCES action_line (action_line),
    cost_category VARCHAR NOT NULL,
    amount_eur DECIMAL(18, 2) NOT NULL CHECK (amount_eur >= 0),
    known_from DATE NOT NULL,
    source_id VARCHAR NOT NULL REFERENCES source (source_id),
    PRIMARY KEY (project_id, version, action_line, cost_category)
);

-- it: il valore obiettivo di un indicatore in un progetto
-- en: the target of an indicator in a project
CREATE TABLE indicator_target (
    project_id VARCHAR NOT NULL REFERENCES project (project_id),
    indicator_id VARCHAR NOT NULL REFERENCES indicator (indicator_id),
    version INTEGER NOT NULL CHECK (version > 0),
    target BIGINT NOT NULL CHECK (target > 0),
    known_from DATE NOT NULL,
    source_id VARCHAR NOT NULL REFERENCES source (source_id),
    PRIMARY KEY (project_id, indicator_id, version)
);

-- it: i periodi di monitoraggio e la scadenza delle schede
-- en: the monitoring periods and the day on which sheets are due
CREATE TABLE reporting_period (
    period_id VARCHAR PRIMARY KEY CHECK (regexp_full_match(period_id, '[0-9]{4}(-(Q[1-4]|H[12]|M(0[1-9]|1[0-2])))?')),
    starts_on DATE NOT NULL,
    ends_on DATE NOT NULL,
    due_on DATE NOT NULL,
    CHECK (starts_on < ends_on),
    CHECK (due_on >= ends_on)
);

-- it: le schede pervenute: progetto, periodo, versione, giorno, protocollo
-- en: the sheets received: project, period, version, day, protocol
-- A sheet as it was received; a correction is a further version of the same project and period.
CREATE TABLE sheet (
    sheet_id VARCHAR PRIMARY KEY,
    project_id VARCHAR NOT NULL REFERENCES project (project_id),
    period_id VARCHAR NOT NULL REFERENCES reporting_period (period_id),
    version INTEGER NOT NULL CHECK (version > 0),
    received_on DATE NOT NULL,
    protocol VARCHAR,
    integration_asked_on DATE,
    source_id VARCHAR NOT NULL REFERENCES source (source_id),
    UNIQUE (project_id, period_id, version),
    CHECK (integration_asked_on >= received_on)
);

-- it: parte finanziaria di una scheda: impegni e spesa, cumulati
-- en: financial part of a sheet: commitments and expenditure, cumulative
-- Cumulative since the start of the project.
CREATE TABLE sheet_financial (
    sheet_id VARCHAR NOT NULL REFERENCES sheet (sheet_id),
    action_line VARCHAR NOT NULL REFERENCES action_line (action_line),
    cost_category VARCHAR NOT NULL,
    committed_eur DECIMAL(18, 2) NOT NULL CHECK (committed_eur >= 0),
    incurred_eur DECIMAL(18, 2) NOT NULL CHECK (incurred_eur >= 0),
    PRIMARY KEY (sheet_id, action_line, cost_category)
);

-- it: parte fisica di una scheda: valori degli indicatori, cumulati
-- en: physical part of a sheet: values of the indicators, cumulative
-- Cumulative since the start of the project.
CREATE TABLE sheet_physical (
    sheet_id VARCHAR NOT NULL REFERENCES sheet (sheet_id),
    indicator_id VARCHAR NOT NULL REFERENCES indicator (indicator_id),
    value BIGINT NOT NULL CHECK (value >= 0),
    PRIMARY KEY (sheet_id, indicator_id)
);

-- it: parte procedurale di una scheda: stato e date delle attività
-- en: procedural part of a sheet: state and dates of the activities
CREATE TABLE sheet_procedural (
    sheet_id VARCHAR NOT NULL REFERENCES sheet (sheet_id),
    action_line VARCHAR NOT NULL REFERENCES action_line (action_line),
    work_package VARCHAR NOT NULL,
    state VARCHAR NOT NULL CHECK (state IN ('not_started', 'in_progress', 'suspended', 'completed')),
    approved_start_on DATE,
    approved_end_on DATE,
    actual_start_on DATE,
    expected_end_on DATE,
    deviation VARCHAR,
    PRIMARY KEY (sheet_id, action_line, work_package)
);

-- it: le cause di scostamento dichiarate in una scheda
-- en: the causes of deviation stated in a sheet
-- `origin` and `nature` are blank where the sentence was not coded.
CREATE TABLE sheet_cause (
    sheet_id VARCHAR NOT NULL REFERENCES sheet (sheet_id),
    position INTEGER NOT NULL,
    action_line VARCHAR REFERENCES action_line (action_line),
    origin VARCHAR,
    nature VARCHAR,
    sentence VARCHAR NOT NULL,
    PRIMARY KEY (sheet_id, position)
);

-- it: i soggetti attivi secondo una scheda
-- en: the bodies that are active, by a sheet
CREATE TABLE sheet_network (
    sheet_id VARCHAR NOT NULL REFERENCES sheet (sheet_id),
    partner_id VARCHAR NOT NULL REFERENCES partner (partner_id),
    active BOOLEAN NOT NULL,
    activity VARCHAR,
    PRIMARY KEY (sheet_id, partner_id)
);

-- ---------------------------------------------------------------- money and control

-- it: le domande di rimborso, dalla presentazione alla decisione
-- en: the payment requests, from submission to decision
-- Amounts are those of this request alone, not cumulative. `*_eur` of a step is blank until its `*_on`.
CREATE TABLE payment_request (
    request_id VARCHAR PRIMARY KEY,
    project_id VARCHAR NOT NULL REFERENCES project (project_id),
    number INTEGER NOT NULL CHECK (number > 0),
    submitted_on DATE NOT NULL,
    declared_eur DECIMAL(18, 2) NOT NULL CHECK (declared_eur >= 0),
    verified_on DATE,
    verified_eur DECIMAL(18, 2) CHECK (verified_eur >= 0),
    decided_on DATE,
    eligible_eur DECIMAL(18, 2) CHECK (eligible_eur >= 0),
    eligible_eu_eur DECIMAL(18, 2) CHECK (eligible_eu_eur >= 0),
    eligible_state_eur DECIMAL(18, 2) CHECK (eligible_state_eur >= 0),
    eligible_own_eur DECIMAL(18, 2) CHECK (eligible_own_eur >= 0),
    source_id VARCHAR NOT NULL REFERENCES source (source_id),
    UNIQUE (project_id, number),
    CHECK ((verified_on IS NULL) = (verified_eur IS NULL)),
    CHECK ((decided_on IS NULL) = (eligible_eur IS NULL)),
    CHECK (decided_on >= submitted_on)
);

-- it: chi ha in mano una domanda di rimborso, e da quando
-- en: who holds a payment request, and since when
-- Who holds the request from this day on; `suspended` stops the count of days.
CREATE TABLE request_step (
    request_id VARCHAR NOT NULL REFERENCES payment_request (request_id),
    position INTEGER NOT NULL,
    on_date DATE NOT NULL,
    step VARCHAR NOT NULL CHECK (step IN (
        'submitted', 'auditor', 'verified', 'integration_asked', 'integration_received', 'suspended', 'resumed', 'decided', 'paid'
    )),
    holder VARCHAR NOT NULL CHECK (holder IN ('authority', 'beneficiary', 'auditor', 'suspended', 'nobody')),
    PRIMARY KEY (request_id, position)
);

-- it: la spesa ammessa nei conti annuali del Fondo
-- en: the eligible expenditure in the Fund's annual accounts
-- EU share of eligible expenditure put into the Fund's annual accounts of a financial year (16/10 to 15/10).
CREATE TABLE accounts_entry (
    request_id VARCHAR NOT NULL REFERENCES payment_request (request_id),
    financial_year INTEGER NOT NULL,
    eu_eur DECIMAL(18, 2) NOT NULL,
    final BOOLEAN NOT NULL,
    known_from DATE NOT NULL,
    source_id VARCHAR NOT NULL REFERENCES source (source_id),
    PRIMARY KEY (request_id, financial_year)
);

-- it: le erogazioni: anticipi, pagamenti intermedi, saldi
-- en: the payments: advances, interim payments, balances
CREATE TABLE payment (
    payment_id VARCHAR PRIMARY KEY,
    project_id VARCHAR NOT NULL REFERENCES project (project_id),
    request_id VARCHAR REFERENCES payment_request (request_id),
    kind VARCHAR NOT NULL CHECK (kind IN ('advance', 'interim', 'balance')),
    paid_on DATE,
    amount_eur DECIMAL(18, 2) NOT NULL CHECK (amount_eur > 0),
    eu_eur DECIMAL(18, 2) CHECK (eu_eur >= 0),
    state_eur DECIMAL(18, 2) CHECK (state_eur >= 0),
    note_it VARCHAR,
    note_en VARCHAR,
    known_from DATE NOT NULL,
    source_id VARCHAR NOT NULL REFERENCES source (source_id)
);

-- it: i recuperi disposti e incassati
-- en: the recoveries ordered and received
CREATE TABLE recovery (
    recovery_id VARCHAR PRIMARY KEY,
    project_id VARCHAR NOT NULL REFERENCES project (project_id),
    ordered_on DATE NOT NULL,
    ordered_eur DECIMAL(18, 2) NOT NULL CHECK (ordered_eur > 0),
    received_on DATE,
    received_eur DECIMAL(18, 2) CHECK (received_eur >= 0),
    act_id VARCHAR REFERENCES act (act_id),
    reason_it VARCHAR NOT NULL,
    reason_en VARCHAR NOT NULL,
    known_from DATE NOT NULL,
    source_id VARCHAR NOT NULL REFERENCES source (source_id),
    CHECK ((received_on IS NULL) = (received_eur IS NULL)),
    CHECK (received_on >= ordered_on)
);

-- it: i controlli on desk delle schede
-- en: the desk reviews of sheets
CREATE TABLE desk_review (
    review_id VARCHAR PRIMARY KEY,
    sheet_id VARCHAR NOT NULL REFERENCES sheet (sheet_id),
    reviewed_on DATE NOT NULL,
    outcome VARCHAR NOT NULL CHECK (outcome IN ('in_order', 'integration', 'problem')),
    note VARCHAR,
    source_id VARCHAR NOT NULL REFERENCES source (source_id)
);

-- it: le verifiche amministrative delle domande di rimborso
-- en: the administrative verifications of payment requests
-- Administrative verification of a payment request: the three checks of Reg. (EU) 2015/840 art. 1.
CREATE TABLE verification (
    verification_id VARCHAR PRIMARY KEY,
    request_id VARCHAR NOT NULL REFERENCES payment_request (request_id),
    verified_on DATE NOT NULL,
    formal BOOLEAN NOT NULL,
    progress BOOLEAN NOT NULL,
    analytical BOOLEAN NOT NULL,
    source_id VARCHAR NOT NULL REFERENCES source (source_id)
);

-- it: i controlli in loco
-- en: the on-the-spot checks
CREATE TABLE on_the_spot_check (
    check_id VARCHAR PRIMARY KEY,
    project_id VARCHAR NOT NULL REFERENCES project (project_id),
    kind VARCHAR NOT NULL CHECK (kind IN ('financial', 'operational')),
    selection VARCHAR NOT NULL CHECK (selection IN ('random', 'risk')),
    financial_year INTEGER NOT NULL,
    done_on DATE NOT NULL,
    controlled_eu_eur DECIMAL(18, 2) CHECK (controlled_eu_eur >= 0),
    error_eu_eur DECIMAL(18, 2) CHECK (error_eu_eur >= 0),
    source_id VARCHAR NOT NULL REFERENCES source (source_id)
);

-- it: i rilievi dei controlli e il loro seguito
-- en: the findings of controls and what followed
CREATE TABLE finding (
    finding_id VARCHAR PRIMARY KEY,
    project_id VARCHAR NOT NULL REFERENCES project (project_id),
    review_id VARCHAR REFERENCES desk_review (review_id),
    verification_id VARCHAR REFERENCES verification (verification_id),
    check_id VARCHAR REFERENCES on_the_spot_check (check_id),
    found_on DATE NOT NULL,
    severity VARCHAR NOT NULL CHECK (severity IN ('formal', 'minor', 'serious')),
    irregularity BOOLEAN NOT NULL,
    sentence VARCHAR NOT NULL,
    reaction VARCHAR,
    reaction_on DATE,
    cut_eur DECIMAL(18, 2) CHECK (cut_eur >= 0),
    recovery_id VARCHAR REFERENCES recovery (recovery_id),
    closed_on DATE,
    source_id VARCHAR NOT NULL REFERENCES source (source_id)
);
