"""What in a record cannot be taken at its word: found, said how sure, and never changed.

:mod:`.findings` is what is said; :mod:`.copies`, :mod:`.zeros`, :mod:`.steadiness`, :mod:`.coming_and_going`
and :mod:`.tables` each look for one thing; :mod:`.examination` leads the days past them, once.
"""
