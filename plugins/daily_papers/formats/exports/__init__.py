"""The formats of an export, a module each.

A module has a function that writes days to a file or folder, one at a time, so that memory does not grow with their
number. It also has a function that recognizes an earlier export in its format. The same days give the same bytes.
`jobs/export` selects the days and the path, and replaces earlier exports only.
"""
