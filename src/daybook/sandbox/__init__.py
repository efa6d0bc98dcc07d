"""A marketplace to practise on: the Listings Items API 2021-08-01 and its tokens, over HTTP.

`marketplace` decides what becomes of a call, `listings` keeps the items, `record` every call with its answer, and
`server` speaks HTTP. What it keeps is in memory; a restart reads it out of the record.
"""
