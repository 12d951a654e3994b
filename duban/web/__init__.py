"""Pages and callbacks over HTTP. The only place that imports FastAPI; nothing here knows a table or a rule."""
