"""What the benchmark of taggers runs in the environment of each. No script to be run alone."""
