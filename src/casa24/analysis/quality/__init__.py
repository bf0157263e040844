"""Find what in a record is wrong or doubtful, and how certain that is; nothing is changed.

:mod:`.findings` defines a finding; :mod:`.copies`, :mod:`.zeros`, :mod:`.stuck_values`, :mod:`.roster_changes`
and :mod:`.tables` each look for one thing; :mod:`.inspect_record` passes every day to them, once.
"""
