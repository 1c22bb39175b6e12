-- For arrayFold: one step into JSON text, array positions as digits from 0.
(json, step) -> if(startsWith(json, '['), JSONExtractRaw(json, toUInt32OrZero(step) + 1), JSONExtractRaw(json, step))
