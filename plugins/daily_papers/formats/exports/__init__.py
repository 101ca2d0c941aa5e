"""The forms of an export, a module each: days in their order go in, a file or folder comes out.

Each has `write`, which takes days one at a time and keeps none, and `is_ours`, which tells whether what lies somewhere
was written by it. Which days, where to, and what may be replaced is `exporting`'s business. The same days give the same
bytes.
"""
