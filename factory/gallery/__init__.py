"""The gallery of a batch: one page that works from disk, with no network and no build step."""
