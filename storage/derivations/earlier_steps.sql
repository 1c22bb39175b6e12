-- The steps of an agent in the weeks before `since`: its runs of the week after it, drawn again, to steps.
INSERT INTO steps
SELECT * EXCEPT (copy, mark) REPLACE ($earlier_place,
        if(parent_span_id = '', '', lower(hex(sipHash64(parent_span_id, copy)))) AS parent_span_id,
        cityHash64(arguments_hash, copy) AS arguments_hash)
FROM (
    SELECT *, arrayJoin($earlier_copies) AS copy, concat('-', toString(copy.1), '-', toString(copy.2)) AS mark
    FROM steps FINAL
    WHERE tenant = {tenant:String} AND agent = {agent:String}
        AND ts >= {since:DateTime64(9, 'UTC')} AND ts < {since:DateTime64(9, 'UTC')} + toIntervalWeek(1))
