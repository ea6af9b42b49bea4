"""The web door: the batch API over the store. It renders nothing: what must be made is a job, put in with the change."""
