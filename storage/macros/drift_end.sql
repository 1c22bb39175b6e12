-- When the window `number` ends.
if({lane:String} = 'hour', toDateTime(toInt64(number + 1) * 3600, 'UTC'), toDateTime(toDate32(number + 1), {zone:String}))
