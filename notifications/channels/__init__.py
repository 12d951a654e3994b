"""渠道: what carries a message to a person. One file a channel; `channel` says what every one of them promises."""
