"""What a service publishes of itself (its WSDL), compared with the description that our requests are made from."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import islice

from lxml import etree

from providers.harmless import one_line
from providers.vidyo.bulk import is_bulk
from providers.vidyo.contract import ServiceName

_WSDL = "{http://schemas.xmlsoap.org/wsdl/}"
_XS = "{http://www.w3.org/2001/XMLSchema}"
_LONGEST_NAME = 80
_DEEPEST = 12
_MOST = 2_000
_MOST_WORDS = 64
_MOST_STEPS = 200_000

# The user services of 60 and 88 operations know no searchRooms, and the oldest replay server locks nothing.
_WITHOUT = {
    "searchRooms": "rooms are found by their keys and not by their names",
    "UpdateRecord/locked": "recordings are neither locked nor unlocked",
}


class Illegible(Exception):
    """These bytes are no WSDL."""


@dataclass(frozen=True, slots=True)
class Drift:
    """One thing that is not as we know it: the operation, and what is the matter with it."""

    operation: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Message:
    """One element of a message, and those within it by path; True: it must be there.

    `words` are enumerations by path. `anything`: it has no type, and so no part that it would not take.
    """

    name: str
    parts: Mapping[str, bool]
    words: Mapping[str, tuple[str, ...]]
    anything: bool = False


@dataclass(frozen=True, slots=True)
class Description:
    """The operations of a service, each with its request and its answer. `whole`: their elements are known too."""

    operations: Mapping[str, tuple[Message, Message]]
    whole: bool


@cache
def ours(service: ServiceName) -> Description:
    """The description beside this module: what we send and read, and no more. Of an answer, what must be there."""
    return read((files("providers.vidyo") / "wsdl" / f"{service}.wsdl").read_bytes())


def read(wsdl: bytes) -> Description:
    """A description, or Illegible. Nothing else is loaded for it, whatever it imports."""
    if b"<!DOCTYPE" in wsdl or b"<!ENTITY" in wsdl:
        raise Illegible
    if is_bulk(wsdl):
        raise Illegible
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True)
    try:
        root = etree.fromstring(wsdl, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise Illegible from error
    if root is None or root.tag != f"{_WSDL}definitions":
        raise Illegible
    schema = _Schema(root)
    elements = {
        message.get("name", ""): _local(part.get("element"))
        for message in root.iterchildren(f"{_WSDL}message")
        for part in message.iterchildren(f"{_WSDL}part")
    }
    operations = {
        one_line(operation.get("name", ""), _LONGEST_NAME): (
            schema.message(elements.get(_message(operation, "input"), "")),
            schema.message(elements.get(_message(operation, "output"), "")),
        )
        for operation in root.iterfind(f"{_WSDL}portType/{_WSDL}operation")
    }
    return Description(operations, schema.has_elements)


def drifts(known: Description, shown: Description, used: Collection[str] | None = None) -> list[Drift]:
    """What of our description does not hold for theirs, the first thing of each operation that is `used`."""
    found = []
    for operation, messages in known.operations.items():
        there = shown.operations.get(operation)
        if (used is not None and operation not in used) or (there is None and operation in _WITHOUT):
            continue
        if there is None:
            found.append(Drift(operation, f"it has no operation {operation}"))
        elif shown.whole:
            sentence = next(_differences(operation, messages, there), None)
            if sentence is not None:
                found.append(Drift(operation, sentence))
    return found


def _differences(
    operation: str, known: tuple[Message, Message], shown: tuple[Message, Message]
) -> Iterator[str]:
    (request, answer), (theirs, their_answer) = known, shown
    if request.name != theirs.name:
        yield f"{operation} takes {theirs.name or 'nothing'} where we send {request.name}"
    for path in request.parts if not theirs.anything else ():
        if path not in theirs.parts and f"{operation}/{path}" not in _WITHOUT:
            yield f"{operation} does not take {path}"
    for path, needed in theirs.parts.items():
        above = path.rpartition("/")[0]
        if needed and path not in request.parts and (not above or above in request.parts):
            yield f"{operation} wants {path}, which we do not send"
    if answer.name != their_answer.name:
        yield f"{operation} answers {their_answer.name or 'nothing'} where we read {answer.name}"
    for path, needed in answer.parts.items() if not their_answer.anything else ():
        if needed and path not in their_answer.parts and _is_needed_above(path, answer.parts):
            yield f"{operation} does not give {path}"


def _is_needed_above(path: str, parts: Mapping[str, bool]) -> bool:
    """True if none of what a part stands in can be done without."""
    steps = path.split("/")[:-1]
    return all(parts["/".join(steps[: n + 1])] for n in range(len(steps)))


def lacking(known: Description, shown: Description) -> list[str]:
    """What this version cannot, and we can do without: a few words of each."""
    found = []
    for name, words in _WITHOUT.items():
        operation, _, part = name.partition("/")
        there = shown.operations.get(operation)
        if operation in known.operations and (
            there is None or (part and shown.whole and not there[0].anything and part not in there[0].parts)
        ):
            found.append(words)
    return found


class _Schema:
    """The elements and types that a description defines itself."""

    def __init__(self, root: etree._Element) -> None:
        schemas = root.findall(f"{_WSDL}types/{_XS}schema")
        self._elements = {e.get("name", ""): e for s in schemas for e in s.iterchildren(f"{_XS}element")}
        self._types = {t.get("name", ""): t for s in schemas for t in s.iterchildren(f"{_XS}complexType")}
        self._words_of = {t.get("name", ""): t for s in schemas for t in s.iterchildren(f"{_XS}simpleType")}
        self.has_elements = bool(self._elements)
        self._steps = 0

    def message(self, name: str) -> Message:
        parts: dict[str, bool] = {}
        words: dict[str, tuple[str, ...]] = {}
        element = self._elements.get(name)
        if element is not None:
            self._collect(element, "", parts, words, 0)
        anything = element is not None and element.get("type") is None and not len(element)
        return Message(one_line(name, _LONGEST_NAME), parts, words, anything)

    def _collect(
        self,
        element: etree._Element,
        above: str,
        parts: dict[str, bool],
        words: dict[str, tuple[str, ...]],
        depth: int,
    ) -> None:
        kind = element.find(f"{_XS}complexType")
        if kind is None:
            kind = self._types.get(_local(element.get("type")))
        if kind is None or depth == _DEEPEST:
            return
        for part, needed in self._parts(kind):
            if len(parts) == _MOST:
                return
            named = part.get("name") or _local(part.get("ref"))
            path = f"{above}{one_line(named, _LONGEST_NAME)}"
            if path in parts:
                continue
            parts[path] = needed and part.get("minOccurs") != "0" and part.get("default") is None
            whole = self._elements.get(_local(part.get("ref"))) if part.get("ref") else part
            if whole is not None:
                if said := self._words(whole):
                    words[path] = said
                self._collect(whole, f"{path}/", parts, words, depth + 1)

    def _words(self, element: etree._Element) -> tuple[str, ...]:
        """What an element's text may be, where its type names that."""
        kind = element.find(f"{_XS}simpleType")
        if kind is None:
            kind = self._words_of.get(_local(element.get("type")))
        if kind is None:
            return ()
        named = kind.iterfind(f"{_XS}restriction/{_XS}enumeration")
        return tuple(one_line(word.get("value", ""), _LONGEST_NAME) for word in islice(named, _MOST_WORDS))

    def _parts(
        self, node: etree._Element, depth: int = 0, *, needed: bool = True
    ) -> Iterator[tuple[etree._Element, bool]]:
        """The elements that stand directly in a type, and whether its groups let them be left out."""
        for child in node.iterchildren("*") if depth < _DEEPEST else ():
            self._steps += 1
            if self._steps > _MOST_STEPS:  # types that hold each other in many ways unfold into millions
                raise Illegible
            if child.tag == f"{_XS}element":
                yield child, needed
            elif child.tag == f"{_XS}extension":
                base = self._types.get(_local(child.get("base")))
                if base is not None:
                    yield from self._parts(base, depth + 1, needed=needed)
                yield from self._parts(child, depth + 1, needed=needed)
            else:
                one_of = child.tag == f"{_XS}choice" or child.get("minOccurs") == "0"
                yield from self._parts(child, depth + 1, needed=needed and not one_of)


def _message(operation: etree._Element, end: str) -> str:
    found = operation.find(f"{_WSDL}{end}")
    return "" if found is None else _local(found.get("message"))


def _local(name: str | None) -> str:
    return (name or "").rpartition(":")[2]
