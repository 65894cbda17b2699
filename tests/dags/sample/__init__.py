"""Tests of the sample world and its server."""
