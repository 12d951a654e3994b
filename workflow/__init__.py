"""流程: how anything moves. The core: no SQL, HTTP, templates, environment, randomness, logs or clock."""
