-- Which chains of bad outcomes know the newest rows? score 0 to 1, of the likeliest cause; money by unit.
SELECT tenant, subject, built, watermark, outcome_type, case_id, agents, systems, top_cause, score, sentence,
    money_at_risk, live_writes, nodes, levels, cut
FROM chains FINAL
WHERE ({tenant:String} = '' OR tenant = {tenant:String}) AND outcome_type NOT IN ('', 'success')
ORDER BY watermark DESC, subject
LIMIT {rows_max:UInt64}
