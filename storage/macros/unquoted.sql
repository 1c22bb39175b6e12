-- The JSON value `raw` as text: strings without their quotes, null as nothing.
multiIf(startsWith(raw, '"'), JSONExtractString(raw), raw = 'null', '', raw)
