-- Those whose known attributes are not to be taken as they are.
CREATE MATERIALIZED VIEW IF NOT EXISTS known_to_quirky $on_cluster TO quirky$local AS
SELECT *
FROM known$local
WHERE numbers[-1] >= $first_quirk
