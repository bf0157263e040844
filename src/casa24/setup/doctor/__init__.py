"""Check a label's set-up, and say what is wrong or will be, before a night is lost.

One module an area, each a function that takes a :class:`~casa24.setup.doctor.context.CheckupContext`
and returns findings; :mod:`casa24.setup.doctor.checkup` calls them, guarded and in time.
"""
