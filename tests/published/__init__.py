"""The commands that the documentation publishes, each started with its smallest input."""
