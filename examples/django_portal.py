"""A portal on Django with the board at /duban. Start it: `python examples/django_portal.py` (needs `pip install django a2wsgi`).

Django keeps its own tables to itself and Duban its own; here the portal has none at all: its sessions are signed cookies.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import invented
from a2wsgi import ASGIMiddleware
from django.conf import settings
from django.contrib.sessions.backends.signed_cookies import SessionStore
from django.core.handlers.wsgi import WSGIRequest
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.middleware.csrf import get_token
from django.urls import path
from django.views.decorators.http import require_POST

from duban import Engine, create_app
from duban.web.identity import Identity, wsgi_identity

PEOPLE: dict[str, invented.Person] = {}


def home(request: HttpRequest) -> HttpResponse:
    if "person" not in request.session:
        return HttpResponseRedirect("/signin")
    return HttpResponse(invented.home_page(request.session["name"]))


def ask(request: HttpRequest) -> HttpResponse:
    hidden = f'<input type="hidden" name="csrfmiddlewaretoken" value="{get_token(request)}">'
    return HttpResponse(invented.sign_in_page(list(PEOPLE.values()), hidden))


@require_POST
def sign_in(request: HttpRequest) -> HttpResponse:
    if one := PEOPLE.get(request.POST.get("person", "")):
        request.session["person"], request.session["name"] = one.number, one.name
    return HttpResponseRedirect("/")


def ask_or_sign_in(request: HttpRequest) -> HttpResponse:
    return sign_in(request) if request.method == "POST" else ask(request)


def sign_out(request: HttpRequest) -> HttpResponse:
    request.session.flush()
    return HttpResponseRedirect("/signin")


def style(request: HttpRequest) -> HttpResponse:
    return HttpResponse(invented.CSS, content_type="text/css")


urlpatterns = [
    path("", home),
    path("signin", ask_or_sign_in),
    path("signout", sign_out),
    path("portal.css", style),
]


def configure() -> None:
    settings.configure(
        SECRET_KEY=secrets.token_hex(),
        ALLOWED_HOSTS=["127.0.0.1", "localhost"],
        ROOT_URLCONF=__name__,
        SESSION_ENGINE="django.contrib.sessions.backends.signed_cookies",
        MIDDLEWARE=[
            "django.contrib.sessions.middleware.SessionMiddleware",
            "django.middleware.common.CommonMiddleware",
            "django.middleware.csrf.CsrfViewMiddleware",
        ],
        USE_TZ=True,
    )


def current_user(environ: dict[str, Any]) -> Identity | None:
    """Who is signed in to the portal: Duban asks with every request. (With django.contrib.auth: `get_user(request)` of this request.)"""
    request = WSGIRequest(environ)
    session = SessionStore(request.COOKIES.get(settings.SESSION_COOKIE_NAME))
    return Identity(person=session["person"], name=session["name"]) if "person" in session else None


def build(engine: Engine) -> Callable[..., Iterable[bytes]]:
    """The portal's WSGI application: what stands in a project's wsgi.py."""
    configure()
    PEOPLE.update({one.number: one for one in invented.people(engine)})
    portal = get_wsgi_application()
    # Here is the whole of the embedding. Under a server that forks, build it after the fork: it has a thread of its own.
    board = ASGIMiddleware(create_app(engine, wsgi_identity(current_user), look=invented.LOOK))

    def application(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        before, found, after = environ["PATH_INFO"].partition(invented.PREFIX)
        if found and not before and after[:1] in ("", "/"):
            moved = {"SCRIPT_NAME": environ.get("SCRIPT_NAME", "") + invented.PREFIX, "PATH_INFO": after}
            return board({**environ, **moved}, start_response)
        return portal(environ, start_response)

    return application


class Server(ThreadingMixIn, WSGIServer):
    """Good enough to look at; a real portal has a real server (gunicorn, uWSGI, mod_wsgi)."""

    daemon_threads = True


class Silent(WSGIRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        pass


def main() -> None:
    given = invented.options("A Django portal with the board inside")
    with Engine(invented.database(given.db)) as engine:
        server = make_server("127.0.0.1", given.port, build(engine), server_class=Server, handler_class=Silent)
        print(f"http://127.0.0.1:{server.server_port}/", flush=True)
        server.serve_forever()


if __name__ == "__main__":
    invented.run(main)
