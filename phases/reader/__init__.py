"""A notice (通知) read into a draft definition (活动设置草稿): every item with its words and their place; what is unclear is asked."""
