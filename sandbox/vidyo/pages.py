"""The HTML that a portal answers with where one hoped for SOAP or a film.

The pages are well-formed XML, as the container's own are: a reader that parses before it looks at the
status must be caught here rather than at a customer's.
"""

from __future__ import annotations

from html import escape
from http import HTTPStatus

from starlette.responses import HTMLResponse, RedirectResponse, Response

LOGIN_PATH = "/replay/login.html"

_PAGE = (
    "<html><head><title>{title}</title>"
    "<style>body {{ font: 16px system-ui, sans-serif; margin: 3rem auto; max-width: 40rem }}</style></head>"
    "<body><h1>{title}</h1>{inner}</body></html>"
)


def page(title: str, inner: str = "", status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """A page; `inner` is markup already, the title is not."""
    return HTMLResponse(_PAGE.format(title=escape(title), inner=inner), status, headers)


def refusal(status: int) -> Response:
    """The container's error page for a status; 401 asks for Basic."""
    headers = {"WWW-Authenticate": 'Basic realm="Vidyo"'} if status == 401 else None
    phrase = HTTPStatus(status).phrase
    return page(f"{status} {phrase}", f"<p>The request was turned away: {phrase}.</p>", status, headers)


def login_page() -> Response:
    """The login form, with status 200, as answered where a redirect was followed."""
    return page(
        "Vidyo login",
        '<form method="post" action="/replay/login"><input name="username"/>'
        '<input name="password" type="password"/><button>Log in</button></form>',
    )


def to_login() -> Response:
    return RedirectResponse(LOGIN_PATH, 302)
