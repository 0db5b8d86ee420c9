"""Benchmarks: what our acts cost, in signatures by `cryptography`, beside what others need (docs/benchmarks.md)."""
