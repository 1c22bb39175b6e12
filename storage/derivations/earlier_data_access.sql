-- What it read in them, each time of something else, to data_access.
INSERT INTO data_access
SELECT * EXCEPT (copy, mark) REPLACE ($earlier_place,
        concat(entity, mark) AS entity, concat(data_id, mark) AS data_id, as_of - toIntervalWeek(copy.1) AS as_of)
FROM (
    SELECT *, arrayJoin($earlier_copies) AS copy, concat('-', toString(copy.1), '-', toString(copy.2)) AS mark
    FROM data_access FINAL
    WHERE tenant = {tenant:String} AND agent = {agent:String} AND access = 'read'
        AND ts >= {since:DateTime64(9, 'UTC')} AND ts < {since:DateTime64(9, 'UTC')} + toIntervalWeek(1))
