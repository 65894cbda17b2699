"""Tests of the dags layer."""
