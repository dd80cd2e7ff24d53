"""What we sign in with, and what it comes to when that is refused."""

import hashlib

from pydantic import SecretStr

from providers.ringcentral.problems import Problem
from providers.ringcentral.settings import RingCentralSettings

_COST = 2**14
_JWT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
_WHY = {
    "OAU-140": "the user or the password is wrong",
    "OAU-146": "the client secret is wrong",
    "OAU-147": "the account is locked after wrong sign-ins",
    "OAU-148": "the account is locked after wrong sign-ins",
    "OAU-153": "it knows no such client id",
    "OAU-165": "the app is registered for another environment",
    "OAU-168": "a password alone does not suffice for this user; use a JWT credential",
    "OAU-250": "it does not know this way to sign in",
    "OAU-251": "the app may not sign in this way; enable it in the developer console",
}
_ERRORS = {
    "invalid_grant": "the JWT credential or the password is wrong, has run out, or belongs to somebody who is gone",
    "invalid_client": "the client id or the client secret is wrong",
    "unauthorized_client": "the app may not sign in this way; enable it in the developer console",
}


def fingerprint(name: str, settings: RingCentralSettings) -> str:
    """A word that stands for these credentials and tells nothing of them. It takes about 50 ms of a processor."""
    secrets = (settings.client_secret, settings.jwt, settings.password)
    told = "\0".join(map(_told, secrets))
    place = f"{name}\0{settings.server_url}\0{settings.client_id}\0{settings.username}\0{settings.extension}"
    return hashlib.scrypt(told.encode(), salt=place.encode(), n=_COST, r=8, p=1, dklen=32).hex()


def form(settings: RingCentralSettings) -> dict[str, str]:
    """The fields with which RingCentral lets us in."""
    if settings.jwt is not None:
        return {"grant_type": _JWT, "assertion": settings.jwt.get_secret_value()}
    fields = {
        "grant_type": "password",
        "username": settings.username.lstrip("+"),
        "password": _told(settings.password),
    }
    return fields | ({"extension": settings.extension} if settings.extension else {})


def why_refused(problem: Problem) -> str:
    """What is wrong with our credentials, as far as the answer says."""
    whys = [_WHY[code] for code in problem.codes if code in _WHY]
    return whys[0] if whys else _ERRORS.get(problem.error, "it does not say why")


def _told(secret: SecretStr | None) -> str:
    return "" if secret is None else secret.get_secret_value()
