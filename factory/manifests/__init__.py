"""What each reader of a bundle needs: the canonical record, the table of texts, one writer a platform."""
