"""A portal on FastAPI with the board at /duban. Start it: `python examples/fastapi_portal.py` (needs `pip install itsdangerous`)."""

from __future__ import annotations

import secrets
import socket

import invented
import uvicorn
from fastapi import FastAPI, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from starlette.middleware.sessions import SessionMiddleware

from duban import Engine, create_app
from duban.web.identity import Identity


def current_user(request: Request) -> Identity | None:
    """Who is signed in to the portal: Duban asks with every request."""
    person = request.session.get("person")
    return Identity(person=person, name=request.session["name"]) if person else None


def build(engine: Engine) -> FastAPI:
    portal = FastAPI()
    portal.add_middleware(SessionMiddleware, secret_key=secrets.token_hex())
    people = {one.number: one for one in invented.people(engine)}

    @portal.get("/")
    def home(request: Request) -> Response:
        if "person" not in request.session:
            return RedirectResponse("/signin")
        return HTMLResponse(invented.home_page(request.session["name"]))

    @portal.get("/signin")
    def ask() -> Response:
        return HTMLResponse(invented.sign_in_page(list(people.values())))

    @portal.post("/signin")
    def sign_in(request: Request, person: str = Form()) -> Response:
        if person in people:
            request.session.update(person=person, name=people[person].name)
        return RedirectResponse("/", status_code=303)

    @portal.get("/signout")
    def sign_out(request: Request) -> Response:
        request.session.clear()
        return RedirectResponse("/signin")

    @portal.get("/portal.css")
    def style() -> Response:
        return Response(invented.CSS, media_type="text/css")

    # Here is the whole of the embedding.
    portal.mount(invented.PREFIX, create_app(engine, current_user, look=invented.LOOK))
    return portal


def main() -> None:
    given = invented.options("A FastAPI portal with the board inside")
    with Engine(invented.database(given.db)) as engine, socket.create_server(("127.0.0.1", given.port)) as listener:
        print(f"http://127.0.0.1:{listener.getsockname()[1]}/", flush=True)
        uvicorn.Server(uvicorn.Config(build(engine), log_level="warning")).run(sockets=[listener])


if __name__ == "__main__":
    invented.run(main)
