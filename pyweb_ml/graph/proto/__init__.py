"""The protobuf messages of graph configs, made from the config's dataclasses and the calculators' contracts."""
