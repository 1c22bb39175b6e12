-- When the copy `copy`, whose names end in `mark`, of a row happened, and in which case, trace and span.
ts - toIntervalWeek(copy.1) AS ts, if(case_id = '', '', concat(case_id, mark)) AS case_id,
        lower(hex(sipHash128(trace_id, copy))) AS trace_id, lower(hex(sipHash64(span_id, copy))) AS span_id
