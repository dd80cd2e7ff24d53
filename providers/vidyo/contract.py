"""What Vidyo's services accept, held by zeep: every request is made from a description, never by hand.

The descriptions are our own and lie beside this module. A server's own WSDL is never loaded: its address is
wrong behind a TLS proxy, and reading it costs a login at every start. Answers are not read here, since
zeep's reading is ten times the cost of a small reader of ours and refuses what a newer server adds.
"""

from functools import cache
from importlib.resources import as_file, files
from typing import Any, Literal, TypeAlias

import zeep
from lxml import etree

from providers.errors import Refused

Value: TypeAlias = str | int | bool | dict[str, int] | list[int] | list[str] | None
ServiceName = Literal["user", "admin", "replay"]

_NAMESPACES: dict[ServiceName, str] = {
    "user": "http://portal.vidyo.com/user/v1_1",
    "admin": "http://portal.vidyo.com/admin/v1_1",
    "replay": "http://replay.vidyo.com/apiservice",
}
_PATHS: dict[ServiceName, str] = {
    "user": "/services/v1_1/VidyoPortalUserService",
    "admin": "/services/v1_1/VidyoPortalAdminService",
    "replay": "/replay/services/VidyoReplayContentManagementService",
}


# zeep says nothing of its types.
_Client: Any = zeep.Client
_Transport: Any = zeep.Transport
_Settings: Any = zeep.Settings


class Contract:
    """The operations of one service, as envelopes ready to send."""

    def __init__(self, service: ServiceName) -> None:
        self.namespace = _NAMESPACES[service]
        self.path = _PATHS[service]
        settings = _Settings(strict=False, forbid_dtd=True, forbid_external=True)
        with as_file(files("providers.vidyo") / "wsdl" / f"{service}.wsdl") as wsdl:
            self._client = _Client(str(wsdl), transport=_Transport(), settings=settings)

    def envelope(self, operation: str, **values: Value) -> bytes:
        """The request, valid in names, order and types; what is None is nil where nil may be, or left out.

        zeep checks neither patterns nor enumerations: callers pass only what the service takes.
        """
        try:
            message = self._client.create_message(self._client.service, operation, **values)
        except ValueError as error:  # control characters, which XML cannot carry
            raise Refused("What was typed has characters in it that cannot be sent to Vidyo.") from error
        return etree.tostring(message, xml_declaration=True, encoding="utf-8")


@cache
def contract(service: ServiceName) -> Contract:
    """The contract of a service, read once in a process: it takes some 20 ms."""
    return Contract(service)
