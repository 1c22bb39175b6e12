-- The number of the window that a run, which began at `began`, belongs to.
if({lane:String} = 'hour', toInt32(intDiv(toUnixTimestamp(began), 3600)), toInt32(toDate(began, {zone:String})))
