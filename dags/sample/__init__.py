"""The sample world and the one loopback server that serves it, the recorded nights and the faults of the tests."""
