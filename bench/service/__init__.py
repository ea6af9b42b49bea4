"""What the service benchmarks share: an installation of their own, faults, and a webhook receiver."""
