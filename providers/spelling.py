"""One form in which text is compared: what a name says, not how it was written.

A Mac writes ü as u and two dots, a telephone curls each apostrophe, an office program puts soft hyphens into words
and hard spaces between them, a Japanese keyboard widens its colons. To a person all of these read the same.
"""

import re
import unicodedata

_SIGNS = str.maketrans(
    {
        **dict.fromkeys("‘’‚‛′‵ʹʻʼʽˈ´`＇‹›", "'"),
        **dict.fromkeys("“”„‟″‶«»〝〞〟＂", '"'),
        **dict.fromkeys("−⁃", "-"),
        **dict.fromkeys("∶꞉", ":"),
    }
)
# Selectors of an emoji's look, fillers and joiners: letters and marks by their category, and nothing by their look.
_UNSEEN = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]"
)


def folded(text: str) -> str:
    """The form in which two texts are equal, or one holds the other, if they read alike."""
    if text.isascii():
        return " ".join(text.replace("`", "'").casefold().split())
    plain = unicodedata.normalize("NFD", _visible(text).translate(_SIGNS)).casefold()
    plain = unicodedata.normalize("NFKC", plain).casefold()
    plain = "".join("-" if unicodedata.category(letter) == "Pd" else letter for letter in plain)
    plain = " ".join(unicodedata.normalize("NFKC", plain).split())
    return plain if plain == text else folded(plain)


def pieces(text: str) -> tuple[str, ...]:
    """What to ask of a far side that compares letter by letter, and ignores no more than case.

    Whatever reads like the text holds one of these, unless something unseen stands inside: the longest part that
    everybody writes alike or, where there is none, the composed and the decomposed spelling. Empty: nothing narrows.
    """
    composed = unicodedata.normalize("NFC", _visible(text))
    if any(unicodedata.category(letter) in ("Cc", "Cs") and not letter.isspace() for letter in composed):
        return (composed,)  # nobody takes these: whoever is asked refuses the whole
    alike = "".join(letter if _is_written_alike(letter) else " " for letter in composed).split()
    if alike:
        return (max(alike, key=len),)
    if not any(letter.isalnum() for letter in composed):
        return ()
    return tuple(dict.fromkeys((composed.strip(), unicodedata.normalize("NFD", composed).strip())))


def _visible(text: str) -> str:
    seen = (letter for letter in text if unicodedata.category(letter) != "Cf")
    return _UNSEEN.sub("", "".join(seen))


def _is_written_alike(letter: str) -> bool:
    return (
        (letter.isalnum() or unicodedata.category(letter) == "So")
        and unicodedata.normalize("NFKD", letter) == letter
        and len(letter.casefold()) == len(letter.upper()) == 1
    )
