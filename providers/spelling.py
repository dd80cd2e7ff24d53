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
        "ı": "i",
    }
)
# In Turkish the small form of I has no dot, and İ is the large form of i.
_DOTTED = "i\u0307"
_DASHES = re.compile(
    "[\u058a\u05be\u1400\u1806\u2010-\u2015\u2e17\u2e1a\u2e3a\u2e3b\u2e40\u2e5d\u301c\u3030\ufe31\ufe32\ufe58\ufe63\uff0d\U00010ead]"
)
# Unicode's format characters, and what is a letter or a mark by its category and nothing by its look: selectors of an
# emoji's look, fillers and joiners. A pattern, since a library's every row is compared.
_UNSEEN = re.compile(
    "[\u00ad\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff"
    "\ufff9-\ufffb\U000110bd\U000110cd\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
    "\U000e0001\U000e0020-\U000e007f\u034f\u115f\u1160\u17b4\u17b5\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]"
)


def folded(text: str) -> str:
    """The form in which two texts are equal, or one holds the other, if they read alike."""
    if text.isascii():
        return " ".join(text.replace("`", "'").casefold().split())
    plain = _once(text)
    while plain != (again := _once(plain)):
        plain = again
    return plain


def pieces(text: str) -> tuple[str, ...]:
    """What to ask of a far side that compares letter by letter, and ignores no more than case.

    Whatever reads like the text holds one of these, unless something unseen stands inside: the longest part that
    everybody writes alike or, where there is none, the composed and the decomposed spelling. Empty: nothing narrows.
    """
    composed = unicodedata.normalize("NFC", _UNSEEN.sub("", text))
    if any(unicodedata.category(letter) in ("Cc", "Cs") and not letter.isspace() for letter in composed):
        return (composed,)  # nobody takes these: whoever is asked refuses the whole
    alike = "".join(letter if _is_written_alike(letter) else " " for letter in composed).split()
    if alike:
        return (max(alike, key=len),)
    if not any(letter.isalnum() for letter in composed):
        return ()
    return tuple(dict.fromkeys((composed.strip(), unicodedata.normalize("NFD", composed).strip())))


def _once(text: str) -> str:
    """One step towards the form: what a step brings forth may need another."""
    decomposed = unicodedata.normalize("NFD", _UNSEEN.sub("", text).translate(_SIGNS)).casefold()
    decomposed = decomposed.replace(_DOTTED, "i")
    plain = _DASHES.sub("-", unicodedata.normalize("NFKC", decomposed).casefold())
    return " ".join(unicodedata.normalize("NFKC", plain).split())


def _is_written_alike(letter: str) -> bool:
    return (
        (letter.isalnum() or unicodedata.category(letter) == "So")
        and letter != "ı"
        and unicodedata.normalize("NFKD", letter) == letter
        and len(letter.casefold()) == len(letter.upper()) == 1
    )
