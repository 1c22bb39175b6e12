-- What it decided in them, to decisions.
INSERT INTO decisions
SELECT * EXCEPT (copy, mark) REPLACE ($earlier_place,
        concat(decision_id, mark) AS decision_id, [] AS inputs)
FROM (
    SELECT *, arrayJoin($earlier_copies) AS copy, concat('-', toString(copy.1), '-', toString(copy.2)) AS mark
    FROM decisions FINAL
    WHERE tenant = {tenant:String} AND agent = {agent:String}
        AND ts >= {since:DateTime64(9, 'UTC')} AND ts < {since:DateTime64(9, 'UTC')} + toIntervalWeek(1))
