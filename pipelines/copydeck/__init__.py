"""Words: what a person wrote first, then what a grammar of the language can truly say of the brief's facts."""
