"""What tests of crashes share: `checkpoints`, `gateway`, `lives`, `picture`."""
