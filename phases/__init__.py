"""阶段: what a campaign asks. Definitions, their compiler, grading, targets. Part of the core: takes text, opens no file."""
