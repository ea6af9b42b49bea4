"""The machine: devices, weights, models."""
