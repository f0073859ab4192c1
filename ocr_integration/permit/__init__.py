"""What is known of the permits: pure functions, one rule each."""
