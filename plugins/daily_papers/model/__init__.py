"""Records of papers and days, their text rules and their merge rules: pure data and functions without I/O."""
