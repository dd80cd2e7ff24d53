"""The outside of an answer: an envelope with a body or a fault, read with every door shut."""

import re

from lxml import etree

from providers.errors import BadAnswer
from providers.harmless import one_line
from providers.vidyo.bulk import is_bulk
from providers.vidyo.mending import mended

_ENVELOPES = ("http://schemas.xmlsoap.org/soap/envelope/", "http://www.w3.org/2003/05/soap-envelope")
_BODIES = tuple(f"{{{namespace}}}Body" for namespace in _ENVELOPES)
_FAULTS = tuple(f"{{{namespace}}}Fault" for namespace in _ENVELOPES)
# Only what stands before the first element can be one: a title may well say <!DOCTYPE.
_DOCUMENT_TYPE = re.compile(rb"(?:\xef\xbb\xbf)?(?:\s++|<\?.*?\?>|<!--.*?-->)*+<!DOCTYPE", re.DOTALL)
_SHOWN = 160
_LONGEST_NAME = 80


class SoapFault(BadAnswer):
    """The service understood us well enough to say no; `name` says to what, `` if it named nothing.

    `name` is the local name of the one element in the fault's detail. The wording differs between versions
    and services and decides nothing. An unnamed fault means that the service's parser refused the request.
    """

    def __init__(self, service: str, operation: str, name: str, text: str) -> None:
        said = one_line(" ".join(text.split()), _SHOWN)
        words = f" (“{said}”)" if said else ""
        super().__init__(f"{service} answered {operation} with {name or 'a fault without a name'}{words}.")
        self.name = name


class NotSoap(Exception):
    """These bytes are no SOAP envelope, or not one we are willing to read."""


def read_body(data: bytes, service: str, operation: str) -> etree._Element:
    """The one element in the envelope's body. SoapFault if that is a fault, NotSoap if there is none.

    What XML forbids is mended. A document type is refused before and after parsing: SOAP forbids it, and it is how
    entities that unfold into gigabytes come in.
    """
    if is_bulk(data):
        raise NotSoap("more elements than any answer has")
    try:
        root = _parsed(data)
    except etree.XMLSyntaxError:
        try:
            root = _parsed(mended(data))
        except etree.XMLSyntaxError as error:
            raise NotSoap("no XML") from error
    body = next(root.iterchildren(*_BODIES), None)
    element: etree._Element | None = None if body is None else next(body.iterchildren("*"), None)
    if element is None:
        raise NotSoap("no SOAP body")
    if element.tag in _FAULTS:
        raise _fault(element, service, operation)
    return element


def _parsed(data: bytes) -> etree._Element:
    if _DOCUMENT_TYPE.match(data):
        raise NotSoap("a document type in an answer")
    try:
        root = etree.fromstring(data, _parser())
    except ValueError as error:
        raise NotSoap("no XML") from error
    if root is None:
        raise NotSoap("no XML")
    if root.getroottree().docinfo.internalDTD is not None:
        raise NotSoap("a document type in an answer")
    return root


def _parser() -> etree.XMLParser:
    return etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True, remove_pis=True
    )


def _fault(fault: etree._Element, service: str, operation: str) -> SoapFault:
    name = text = ""
    for child in fault.iterchildren("*"):
        local = etree.QName(child).localname
        if local in {"detail", "Detail"}:
            typed = next(child.iterchildren("*"), None)
            name = "" if typed is None else etree.QName(typed).localname[:_LONGEST_NAME]
        elif local in {"faultstring", "Reason"}:
            text = "".join(str(part) for part in child.itertext())
    return SoapFault(service, operation, name, text)
