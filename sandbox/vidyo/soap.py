"""Envelopes: reading a request that keeps the contract, and writing answers and faults."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

from lxml import etree

from sandbox.vidyo.contract import Contract, Operation

_ENVELOPE = "{http://schemas.xmlsoap.org/soap/envelope/}"
_NIL = "{http://www.w3.org/2001/XMLSchema-instance}nil"

# Elements that are numbers, booleans or enumerations, and nillable: what a lenient server takes empty.
_TYPED = frozenset({"limit", "start", "recordScope", "sortBy", "dir", "webcast", "locked"})


class SoapFault(Exception):
    """A fault to answer with: HTTP 500. Without a name it is untyped, as from the data-binding layer."""

    def __init__(self, name: str | None, text: str) -> None:
        super().__init__(text)
        self.name = name
        self.text = text


@dataclass(frozen=True, slots=True)
class Body:
    """The fields of a request element. A field that is absent or nil reads as None, an empty one as ""."""

    element: etree._Element
    namespace: str

    def text(self, name: str) -> str | None:
        child = self._child(name)
        if child is None or child.get(_NIL) in ("true", "1"):
            return None
        return child.text or ""

    def integer(self, name: str) -> int | None:
        value = self.text(name)
        return None if value is None else int(value)

    def boolean(self, name: str) -> bool | None:
        value = self.text(name)
        return None if value is None else value.strip() in ("true", "1")

    def required(self, name: str) -> str:
        """A field that the schema has seen to."""
        return self.text(name) or ""

    def texts(self, name: str) -> list[str]:
        return [child.text or "" for child in self.element.iterfind(f"{{{self.namespace}}}{name}")]

    def part(self, name: str) -> Body | None:
        child = self._child(name)
        return None if child is None else Body(child, self.namespace)

    def _child(self, name: str) -> etree._Element | None:
        return self.element.find(f"{{{self.namespace}}}{name}")


def payload(data: bytes) -> etree._Element:
    """The first element in the SOAP body; an untyped fault where there is none."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True)
    try:
        envelope = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise SoapFault(None, f"The request is not XML: {error.msg}") from None
    if envelope.getroottree().docinfo.internalDTD is not None:
        raise SoapFault(None, "A request must not carry a document type.")
    body = envelope.find(f"{_ENVELOPE}Body")
    if envelope.tag != f"{_ENVELOPE}Envelope" or body is None or not len(body):
        raise SoapFault(None, "The request is no SOAP 1.1 envelope with something in its body.")
    return body[0]


def operation_of(contract: Contract, action: str, element: etree._Element | None) -> Operation | None:
    """Which operation is meant: the SOAPAction names it, or else the element in the body does."""
    if operation := contract.by_name.get(action.strip().strip('"')):
        return operation
    if element is None:
        return None
    name = etree.QName(element)
    return contract.by_request.get(name.localname) if name.namespace == contract.namespace else None


def validated(contract: Contract, operation: Operation, element: etree._Element, *, lenient: bool) -> Body:
    """The request, once the schema has found nothing to say against it; otherwise an untyped fault."""
    if element.tag != f"{{{contract.namespace}}}{operation.request}":
        raise SoapFault(None, f"Unexpected subelement {element.tag} for {operation.name}.")
    if lenient and contract.replay:
        _read_empty_as_nil(element)
    try:
        contract.schema.assertValid(element)
    except etree.DocumentInvalid as error:
        raise SoapFault(None, f"The request breaks the schema: {error}") from None
    return Body(element, contract.namespace)


def _read_empty_as_nil(element: etree._Element) -> None:
    for child in element.iter():
        if not len(child) and not (child.text or "").strip() and etree.QName(child).localname in _TYPED:
            child.text = None
            child.set(_NIL, "true")


def tag(name: str, value: str | int | bool) -> str:
    """One element with text. Booleans are written the way XML Schema spells them."""
    if isinstance(value, bool):
        value = "true" if value else "false"
    return f"<ns1:{name}>{escape(str(value), quote=False)}</ns1:{name}>"


def optional(name: str, value: str | int | bool | None) -> str:
    """The element, or nothing."""
    return "" if value is None else tag(name, value)


def nillable(name: str, value: str | int | bool | None) -> str:
    """The element, or its nil form as Axis2 writes it."""
    return f'<ns1:{name} xsi:nil="1"/>' if value is None else tag(name, value)


def group(name: str, inner: str) -> str:
    """An element around elements that are written already."""
    return f"<ns1:{name}>{inner}</ns1:{name}>"


def answer(contract: Contract, operation: Operation, inner: str) -> bytes:
    """The envelope of a response."""
    return _envelope(
        f'<ns1:{operation.response} xmlns:ns1="{contract.namespace}"'
        f' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">{inner}</ns1:{operation.response}>'
    )


def fault(contract: Contract, error: SoapFault) -> bytes:
    """The envelope of a fault. The portal puts an ErrorMessage into the detail, the replay server does not."""
    detail = ""
    if error.name is not None:
        inner = "" if contract.replay else tag("ErrorMessage", error.text)
        detail = f'<ns1:{error.name} xmlns:ns1="{contract.namespace}">{inner}</ns1:{error.name}>'
    return _envelope(
        "<soapenv:Fault><faultcode>soapenv:Server</faultcode>"
        f"<faultstring>{escape(error.text, quote=False)}</faultstring><detail>{detail}</detail></soapenv:Fault>"
    )


def _envelope(inner: str) -> bytes:
    return (
        "<?xml version='1.0' encoding='UTF-8'?>"
        '<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/">'
        f"<soapenv:Body>{inner}</soapenv:Body></soapenv:Envelope>"
    ).encode()
