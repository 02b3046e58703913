"""What is known about HIR without changing it: what may raise, what is live, what may be shared."""
