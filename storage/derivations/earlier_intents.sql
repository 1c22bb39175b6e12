-- What these runs were for, to intents.
INSERT INTO intents
SELECT * EXCEPT (copy, mark) REPLACE ($earlier_place,
        concat(intent_id, mark) AS intent_id, [] AS target)
FROM (
    SELECT *, arrayJoin($earlier_copies) AS copy, concat('-', toString(copy.1), '-', toString(copy.2)) AS mark
    FROM intents FINAL
    WHERE tenant = {tenant:String} AND agent = {agent:String}
        AND ts >= {since:DateTime64(9, 'UTC')} AND ts < {since:DateTime64(9, 'UTC')} + toIntervalWeek(1))
