"""Records of papers and days, their text rules and how they merge: pure data and functions, no I/O."""
