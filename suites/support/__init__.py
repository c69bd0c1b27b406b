"""What the suites share: the program, its clients and people, identity providers, expectations."""
