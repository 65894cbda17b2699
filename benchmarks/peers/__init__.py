"""What the benchmarks against others share. No script to be run alone."""
