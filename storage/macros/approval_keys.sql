-- By what an approval and what it approves are put together: the decision, else the tool within trace or case.
arrayFilter(key -> key.3 != '', [('decision', '', decision_id),
    ('trace', if(decision_id = '', trace_id, ''), toString(tool)), ('case', if(decision_id = '', case_id, ''), toString(tool))])
