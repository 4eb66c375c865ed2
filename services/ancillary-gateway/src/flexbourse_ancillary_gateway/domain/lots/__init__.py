"""From marks on offers to whole megawatts: what a mark stands on, lots that are claimed, and how they are pooled."""
