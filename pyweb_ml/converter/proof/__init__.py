"""The proof that a converted model is still the same: both are run on the same inputs, the outputs compared."""
