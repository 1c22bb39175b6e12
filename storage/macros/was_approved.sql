-- Condition on decisions: somebody approved; an id without a state counts as approved.
(approval_state = 'approved' OR approval_id != '' AND lower(approval_state) NOT IN ('denied', 'rejected', 'pending', 'requested'))
