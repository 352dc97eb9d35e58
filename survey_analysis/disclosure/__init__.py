"""Disclosure: what may be shown of few raters, and what must be hidden with it.

``primary`` judges one cell, ``rounding`` what the public sees of it, ``row`` one row of cells in
passing; ``lattice`` describes everything that is published of a unit and year, ``suppression``
decides it as a whole, ``audit`` attacks the decision by linear programming, and ``ledger`` keeps
each decision so that none contradicts another.
"""
