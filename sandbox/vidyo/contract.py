"""The published contract of one service: its operations, its schema, and its WSDL as it is served."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources

from lxml import etree

from sandbox.vidyo.generations import aged

_WSDL = "{http://schemas.xmlsoap.org/wsdl/}"
_XSD = "{http://www.w3.org/2001/XMLSchema}"
_STATIC_ADDRESS = "http://localhost:8080"


@dataclass(frozen=True, slots=True)
class Operation:
    """`request` and `response` are the local names of the message elements."""

    name: str
    request: str
    response: str


@dataclass(frozen=True, slots=True)
class Contract:
    """One WSDL, read once a process."""

    service: str
    namespace: str
    path: str
    by_name: Mapping[str, Operation]
    by_request: Mapping[str, Operation]
    schema: etree.XMLSchema
    text: str

    @property
    def replay(self) -> bool:
        """Whether this is the replay server's contract, which has habits of its own."""
        return self.path.startswith("/replay/")

    def wsdl(self, base: str) -> str:
        """The WSDL with its soap:address under `base`, such as http://127.0.0.1:8080."""
        return self.text.replace(f'location="{_STATIC_ADDRESS}{self.path}"', f'location="{base}{self.path}"')


@functools.cache
def contract(service: str, generation: int = 0) -> Contract:
    """The contract of the service with this name; the files lie in `contracts/`. 0: of the newest generation."""
    text = (resources.files("sandbox.vidyo.contracts") / f"{service}.wsdl").read_text("utf-8")
    parser = etree.XMLParser(no_network=True, resolve_entities=False)
    tree = aged(etree.fromstring(text.encode(), parser), service, generation)
    text = etree.tostring(tree, encoding="unicode")
    elements = {
        str(message.get("name")): _local(part.get("element"))
        for message in tree.iter(f"{_WSDL}message")
        for part in message
    }
    operations = [
        Operation(
            str(operation.get("name")),
            elements[_message(operation, "input")],
            elements[_message(operation, "output")],
        )
        for operation in tree.iterfind(f"{_WSDL}portType/{_WSDL}operation")
    ]
    schema = tree.find(f".//{_XSD}schema")
    address = tree.find(".//{http://schemas.xmlsoap.org/wsdl/soap/}address")
    assert schema is not None
    assert address is not None
    return Contract(
        service=service,
        namespace=str(tree.get("targetNamespace")),
        path=str(address.get("location")).removeprefix(_STATIC_ADDRESS),
        by_name={operation.name: operation for operation in operations},
        by_request={operation.request: operation for operation in operations},
        # libxml2 needs the prefixes of wsdl:definitions, which only serialising carries along
        schema=etree.XMLSchema(etree.fromstring(etree.tostring(schema))),
        text=text,
    )


def _message(operation: etree._Element, direction: str) -> str:
    end = operation.find(f"{_WSDL}{direction}")
    assert end is not None
    return _local(end.get("message"))


def _local(name: str | None) -> str:
    return str(name).rpartition(":")[2]
