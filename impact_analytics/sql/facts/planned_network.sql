-- One row per network and call: bodies that the proposals planned to involve, as totals of the call.
SELECT
    network,
    planned,
    known_from,
    basis
FROM network_count
WHERE project_id IS NULL
