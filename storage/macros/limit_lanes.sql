-- The entity and the case of an effect, else its trace, as lanes.
if(entity = '' AND case_id = '', [concat('trace:', trace_id)], arrayFilter(one -> one NOT IN ('entity:', 'case:'),
    [concat('entity:', entity), concat('case:', case_id)]))
