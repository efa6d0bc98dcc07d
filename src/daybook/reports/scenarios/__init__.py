"""Practice scenarios: what shall happen to reports, calls and documents, so that a client meets every real situation.

`scenario` says what there is to say, `reading` reads it strictly, `current` knows which hold now, `rules` and `draws`
are the policy: pure functions of a scenario, its seed and what has been counted.
"""
