"""What does not exist, for tests: small, and with answers known beforehand."""
