-- What compound failures need of an effect, as a tuple that sorts by time.
(ts, trace_id, span_id, toString(kind), entity, toString(agent), toString(metric), toFloat64(ifNull(delta, 0)), toString(unit), opens, closes,
    decision_id, toString(origin))
