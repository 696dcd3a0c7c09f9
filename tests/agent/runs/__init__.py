"""Whole runs, on copies of the sources of installed packages; every run is played again from its trace.

`material` is what they work on, `wishes` what shall become of it, `saying` how a model says it; `stage`
plays it.
"""
