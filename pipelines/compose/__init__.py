"""From a layout and a scene to finished pixels."""
