"""公文代拟稿: what a paper says, and the Word file made of it."""
