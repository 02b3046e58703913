"""What runs at the same time: thread pools, futures, `asyncio`, `parallel`."""
