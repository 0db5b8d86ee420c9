"""Names that look like other names (`promises.md` H17). Pure.

Trust follows the key; a name that imitates a known one is flagged. The skeleton of a name is what is left when
look-alike letters are taken for one another, after the method of Unicode Technical Standard 39, section 4, with the
letters that occur in names of institutions.
"""

from __future__ import annotations

import re
import unicodedata

# Letters of other scripts, and digits, that are read as Latin letters.
_ALIKE = str.maketrans(
    {
        "а": "a", "в": "b", "с": "c", "ԁ": "d", "е": "e", "һ": "h", "і": "i", "ј": "j", "к": "k", "ӏ": "l", "м": "m",
        "н": "h", "о": "o", "р": "p", "ԛ": "q", "ѕ": "s", "т": "t", "у": "y", "ѵ": "v", "ԝ": "w", "х": "x",
        "α": "a", "β": "b", "ε": "e", "η": "n", "ι": "i", "κ": "k", "ν": "v", "ο": "o", "ρ": "p", "τ": "t", "υ": "u",
        "χ": "x", "ω": "w", "γ": "y", "ɑ": "a", "ɡ": "g", "ı": "i", "ł": "l", "ø": "o", "đ": "d", "ħ": "h",
        "0": "o", "1": "l", "|": "l", "3": "e", "5": "s", "$": "s", "@": "a", "i": "l",
    }
)  # fmt: skip
_JOINED = (("rn", "m"), ("vv", "w"), ("cl", "d"))


def skeleton(name: str) -> str:
    """What a hasty reader sees: two names with the same skeleton are taken for one another."""
    plain = unicodedata.normalize("NFKD", name).casefold()
    letters = "".join(c for c in plain if unicodedata.category(c) not in {"Mn", "Me", "Cf", "Cc"})
    seen = letters.translate(_ALIKE)
    for joined, one in _JOINED:
        seen = seen.replace(joined, one)
    return re.sub(r"[\W_]+", "", seen)


def disguised(name: str) -> bool:
    """True when a name mixes scripts or holds invisible or direction-turning characters."""
    if any(unicodedata.category(letter) in {"Cf", "Cc", "Co"} for letter in name):
        return True
    scripts = {unicodedata.name(letter, "?").split(" ")[0] for letter in name if letter.isalpha()}
    return len(scripts & {"LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE", "FULLWIDTH", "MATHEMATICAL"}) > 1
