"""通知: telling people. Letters, their texts, and the channels that carry them. Knows nothing of tables or web pages."""
