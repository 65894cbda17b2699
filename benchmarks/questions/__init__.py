"""What the benchmark of the documented questions asks a warehouse of. No script to be run alone."""
