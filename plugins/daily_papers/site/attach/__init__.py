"""The archive in a site that another tool has built: one of its pages is the frame of the archive's."""
