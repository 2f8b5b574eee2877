"""The standard calculators, one family a file: contract and numpy reference kernel in one function each."""
