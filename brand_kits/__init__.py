"""What a brand is: its rules and parts, read and checked."""
