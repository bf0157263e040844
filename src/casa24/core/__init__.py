"""The vocabulary everything else speaks: a day's snapshot, metrics, flags, series. Nothing here reads or writes."""
