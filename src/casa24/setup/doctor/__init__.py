"""``casa24 doctor``: what is wrong with a label's set-up, or will be, before a night is lost.

One module an area, each a function that takes a :class:`~casa24.setup.doctor.context.Patient`
and returns findings; :mod:`casa24.setup.doctor.checkup` calls them, guarded and in time.
"""
