"""A portal on Flask with the board at /duban. Start it: `python examples/flask_portal.py` (needs `pip install flask a2wsgi`)."""

from __future__ import annotations

import logging
import secrets
from typing import Any

import invented
from a2wsgi import ASGIMiddleware
from flask import Flask, Response, redirect, request, session
from werkzeug.middleware.dispatcher import DispatcherMiddleware
from werkzeug.serving import make_server

from duban import Engine, create_app
from duban.web.identity import Identity, wsgi_identity


def build(engine: Engine) -> Flask:
    portal = Flask(__name__)
    portal.secret_key = secrets.token_hex()
    people = {one.number: one for one in invented.people(engine)}

    @portal.get("/")
    def home() -> Any:
        return invented.home_page(session["name"]) if "person" in session else redirect("/signin")

    @portal.get("/signin")
    def ask() -> Any:
        return invented.sign_in_page(list(people.values()))

    @portal.post("/signin")
    def sign_in() -> Any:
        if one := people.get(request.form.get("person", "")):
            session.update(person=one.number, name=one.name)
        return redirect("/", 303)

    @portal.get("/signout")
    def sign_out() -> Any:
        session.clear()
        return redirect("/signin")

    @portal.get("/portal.css")
    def style() -> Any:
        return Response(invented.CSS, mimetype="text/css")

    def current_user(environ: dict[str, Any]) -> Identity | None:
        """Who is signed in to the portal: Duban asks with every request."""
        with portal.request_context(environ):
            return Identity(person=session["person"], name=session["name"]) if "person" in session else None

    # Here is the whole of the embedding. Under a server that forks, build the app after the fork: it has a thread of its own.
    board = ASGIMiddleware(create_app(engine, wsgi_identity(current_user), look=invented.LOOK))
    portal.wsgi_app = DispatcherMiddleware(portal.wsgi_app, {invented.PREFIX: board})  # type: ignore[method-assign]
    return portal


def main() -> None:
    given = invented.options("A Flask portal with the board inside")
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    with Engine(invented.database(given.db)) as engine:
        server = make_server("127.0.0.1", given.port, build(engine), threaded=True)
        print(f"http://127.0.0.1:{server.server_port}/", flush=True)
        server.serve_forever()


if __name__ == "__main__":
    invented.run(main)
