"""What the benchmark of parsers runs in the environment of each. No script to be run alone."""
