"""The published site: page modules, components, feeds and data files, made of an archive index."""
