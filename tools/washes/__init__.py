"""Make the training pictures of the wash model, and train it."""
