-- When the window `number` begins.
if({lane:String} = 'hour', toDateTime(toInt64(number) * 3600, 'UTC'), toDateTime(toDate32(number), {zone:String}))
