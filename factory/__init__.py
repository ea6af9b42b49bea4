"""What the product is: records, rules, state and doors."""
