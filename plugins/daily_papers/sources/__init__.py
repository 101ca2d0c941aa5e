"""Sources of papers: one module each. `base` has their protocol, `registry` their list."""
