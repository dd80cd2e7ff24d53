"""Errors as RingCentral says them: on the calls of its interface, and on the call for a token."""

from __future__ import annotations

from starlette.responses import HTMLResponse, JSONResponse, Response


class Refused(Exception):
    """An error for whoever asked: a status, a code, a sentence, and what else stands beside them."""

    def __init__(self, status: int, code: str, message: str, **extras: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.extras = extras
        self.headers: dict[str, str] = {}

    def body(self, *, modern: bool) -> dict[str, object]:
        """The error as JSON; older answers repeat the first error's code and message at the top."""
        errors = {"errors": [{"errorCode": self.code, "message": self.message, **self.extras}]}
        if modern:
            return dict(errors)
        code = "InsufficientPermissions" if self.code == "CMN-401" else self.code
        return {"errorCode": code, "message": self.message, **errors, **self.extras}


class OAuthRefused(Refused):
    """An error in the shape of RFC 6749, with RingCentral's own code in a list beside it."""

    def __init__(self, status: int, error: str, code: str, message: str) -> None:
        super().__init__(status, code, message)
        self.error = error

    def body(self, *, modern: bool) -> dict[str, object]:
        return {
            "error": self.error,
            "error_description": self.message,
            "errors": [{"errorCode": self.code, "message": self.message}],
        }


def wrong_parameter(name: str, value: str) -> Refused:
    return Refused(
        400, "CMN-101", f"Parameter [{name}] value is invalid.", parameterName=name, parameterValue=value
    )


def not_found(name: str, value: str) -> Refused:
    return Refused(
        404,
        "CMN-102",
        f"Resource for parameter [{name}] is not found.",
        parameterName=name,
        parameterValue=value,
    )


def no_permission(name: str) -> Refused:
    """The app lacks a permission."""
    return Refused(
        403,
        "CMN-401",
        f"In order to call this API endpoint, application needs to have [{name}] permission.",
        permissionName=name,
    )


def no_right(name: str) -> Refused:
    """The user lacks a right; those of apps have the same names."""
    return Refused(
        403,
        "CMN-408",
        f"In order to call this API endpoint, user needs to have [{name}] permission for requested resource.",
        permissionName=name,
    )


def in_json(error: Refused, *, modern: bool) -> Response:
    """The answer that carries an error."""
    return JSONResponse(error.body(modern=modern), error.status, error.headers)


def in_html(status: int, phrase: str) -> Response:
    """What a gateway says where one hoped for JSON."""
    return HTMLResponse(
        f"<html><head><title>{phrase}</title></head><body><h1>{phrase}</h1></body></html>", status
    )
