"""The gateway's pages: small, in one look, and safe with whatever people typed."""

from datetime import UTC, datetime, timedelta
from functools import cache
from html import escape
from importlib.resources import files
from string import Template

from starlette.responses import HTMLResponse, PlainTextResponse, Response

from bot.links import LinkRefused
from bot.web.refusal import refusal
from providers.errors import ProviderError

HEADERS = {
    "Cache-Control": "private, no-store",
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; media-src 'self'; "
        "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex, nofollow",
}

_UNITS = ("kB", "MB", "GB", "TB")


class Html(str):
    """Text that is HTML already. Any other text is escaped when a template is filled."""

    __slots__ = ()


def fill(template: str, **values: str) -> Html:
    """A template of the package with these values in it."""
    safe = {k: v if isinstance(v, Html) else escape(v) for k, v in values.items()}
    return Html(_template(template).substitute(safe))


def page(title: str, body: Html, *, status: int = 200, up: str = "../", script: bool = False) -> HTMLResponse:
    """A whole page. `up` leads from its address to the gateway's root, which may itself be in a folder."""
    scripts = fill("script.html", up=up) if script else Html()
    text = fill("page.html", title=title, body=body, up=up, scripts=scripts)
    # A title may hold half a character (a lone surrogate), which no encoding has a place for.
    return HTMLResponse(text.encode(errors="replace"), status_code=status, headers=HEADERS)


def notice(
    title: str, sentence: str, *, status: int, up: str = "../", headers: dict[str, str] | None = None
) -> HTMLResponse:
    """A page with one sentence on it."""
    answer = page(title, fill("notice.html", title=title, sentence=sentence), status=status, up=up)
    answer.headers.update(headers or {})
    return answer


def refusal_page(error: LinkRefused | ProviderError) -> HTMLResponse:
    """Why a link shows no recording."""
    said = refusal(error)
    return notice(said.title, said.sentence, status=said.status, headers=said.headers)


def method_not_allowed(allowed: str) -> Response:
    """The answer to a method that an address does not know."""
    return PlainTextResponse(f"Only {allowed} is answered here.\n", 405, {"Allow": allowed})


def when(moment: datetime) -> Html:
    """A moment in UTC, which the page's script redraws in the reader's own zone."""
    utc = moment.astimezone(UTC)
    return fill("time.html", iso=utc.isoformat(timespec="seconds"), text=f"{utc:%Y-%m-%d %H:%M} UTC")


def length(duration: timedelta) -> str:
    """A duration as players draw it: 4:05, or 1:02:03."""
    minutes, seconds = divmod(max(0, round(duration.total_seconds())), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


def size(count: int) -> str:
    """A number of bytes in the largest unit that leaves a digit before the point."""
    if count < 1000:
        return f"{count} bytes"
    number = float(count)
    for unit in _UNITS:
        number /= 1000
        if number < 999.95 or unit == _UNITS[-1]:
            break
    return f"{number:.1f} {unit}"


@cache
def _template(name: str) -> Template:
    return Template(files("bot.web.assets").joinpath(name).read_text(encoding="utf-8"))
