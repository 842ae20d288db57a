"""Realistic texts: words, names, sentences, and what fields of usual names hold."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from random import Random
from typing import Final


__all__ = ["any_text", "text_for"]


def _split(text: str, separator: str | None = None) -> tuple[str, ...]:
    return tuple(text.split(separator))


_WORDS: Final = _split(
    "able account across action address after again agent amount answer apply area around article assign author "
    "available average balance base basic before begin better between board border branch bridge bring build "
    "button cancel carry category center central change channel charge check choice city claim class clear client "
    "close cloud collect color comment common company compare complete condition confirm connect contact content "
    "contract control copy correct cost count country course cover create credit current custom customer daily "
    "data date deliver demand department depend describe design detail develop device different direct discount "
    "display distance document double early edge effect either empty energy engine enter entry equal error "
    "estimate event every exact example exchange expect expire explain extra factor failed family feature field "
    "figure file filter final finish first fixed follow force forward found free front full general given global "
    "goods great green group grow guest half handle heavy help hold house idea image import include increase "
    "index inside invoice issue item join journal keep known label large last later layer lead learn leave length "
    "letter level light limit line link list little local location long lower machine main manager manual market "
    "master match material matter measure medium meeting member message method metric middle minute mobile model "
    "moment month morning mount move name nearly need network never night normal north note notice number object "
    "offer office often online open option order other output owner package page paper parent part partner "
    "pattern payment people percent period person phone place plan please point policy position possible power "
    "prepare present price primary print private process product profile program project public purchase quality "
    "quantity question quick range rate reach ready reason receive record reduce refund region related release "
    "remain remote remove repair repeat replace reply report request require reserve result return review right "
    "risk river road round route sample save schedule score screen search season second section secure select "
    "seller send series service session settle several shape share shipping short show signal simple single site "
    "size small source south space special speed staff stage standard start state status step stock stop store "
    "storage street strong subject submit summary supply support system table target task team term test ticket "
    "time title today together total track trade train transfer travel trial type under unit update upper usage "
    "user usual valid value vendor version view visit volume wait warehouse warning watch water week weight west "
    "while whole window winter within without work world write yearly yellow yesterday zone"
)
_FIRST: Final = _split(
    "Ada Alice Amir Ana Anders Aisha Ben Björn Carla Chen Chloé Daniel Diego Elena Emma Erik Fatima Felix Grace "
    "Hana Hugo Ines Ivan Jana Jonas José Julia Kai Karim Lea Liam Lucía Luis Maja Maria Marta Max Mei Mia Nadia "
    "Noah Nora Olga Oskar Paul Priya Rosa Sam Sara Sofia Tim Tomás Uma Vera Wei Yuki Zoë"
)
_LAST: Final = _split(
    "Adams Ahmed Bauer Becker Brown Costa Dubois Evans Fischer García Gómez Hansen Hoffmann Ivanov Jansen Johnson "
    "Jones Khan Kim Kowalski Larsen Lee Lopez Martin Meyer Miller Moreau Müller Nakamura Nguyen Novák Okafor "
    "Patel Pérez Petrov Rossi Sato Schmidt Schulz Silva Singh Smith Tanaka Taylor Wagner Wang Weber Williams "
    "Wilson Wright Yamamoto"
)
_CITIES: Final = _split(
    "Amsterdam|Athens|Berlin|Bogotá|Boston|Cairo|Chicago|Delhi|Dublin|Hamburg|Helsinki|Istanbul|Kraków|Lagos|Lima|"
    "Lisbon|London|Madrid|Melbourne|Milan|Montréal|Mumbai|Nairobi|New York|Oslo|Paris|Porto|Prague|Rome|San José|"
    "São Paulo|Seoul|Singapore|Sydney|Tokyo|Toronto|Vienna|Warsaw|Zürich",
    "|",
)
_COUNTRIES: Final = _split(
    "AR AT AU BE BR CA CH CL CN CZ DE DK EG ES FI FR GB GR IE IN IT JP KE KR MX NG NL NO PE PL PT SE US"
)
_CURRENCIES: Final = ("EUR", "USD", "GBP", "JPY", "CHF", "SEK", "PLN", "BRL", "INR")
_LANGUAGES: Final = ("en", "de", "fr", "es", "pt", "it", "nl", "pl", "ja", "zh")
_DOMAINS: Final = ("example.com", "example.org", "example.net", "mail.example", "shop.example")
_HEX: Final = "0123456789abcdef"
_CODE: Final = "ABCDEFGHJKLMNPQRSTUVWXYZ0123456789"


def _of(characters: str, low: int, high: int) -> Callable[[Random], str]:
    return lambda random: "".join(random.choices(characters, k=random.randint(low, high)))


def _word(random: Random) -> str:
    return random.choice(_WORDS)


def _words(random: Random, separator: str = " ") -> str:
    return separator.join(random.choices(_WORDS, k=random.choice((1, 1, 2, 2, 2, 3, 4))))


def _sentences(random: Random) -> str:
    count = min(1 + int(random.lognormvariate(0.3, 0.9)), 40)
    return " ".join(_sentence(random) for _ in range(count))


def _sentence(random: Random) -> str:
    words = random.choices(_WORDS, k=min(3 + int(random.lognormvariate(1.6, 0.5)), 40))
    return f"{' '.join(words).capitalize()}."


def _person(random: Random) -> str:
    return f"{random.choice(_FIRST)} {random.choice(_LAST)}"


def _email(random: Random) -> str:
    return f"{_word(random)}.{_word(random)}{random.randint(1, 99)}@{random.choice(_DOMAINS)}"


def _url(random: Random) -> str:
    return f"https://{random.choice(_DOMAINS)}/{_words(random, '/')}"


def _phone(random: Random) -> str:
    return f"+{random.randint(1, 99)} {random.randint(100, 999)} {random.randint(1_000_000, 9_999_999)}"


def _street(random: Random) -> str:
    return f"{random.randint(1, 250)} {_word(random).capitalize()} Street"


def _version(random: Random) -> str:
    return f"{random.randint(0, 9)}.{random.randint(0, 20)}.{random.randint(0, 9)}"


def _usual(random: Random) -> str:
    return _sentence(random) if random.random() < 0.1 else _words(random)


# By a word of the field's name.
_BY_HINT: Final[Mapping[str, Callable[[Random], str]]] = {
    **dict.fromkeys(("email", "mail"), _email),
    **dict.fromkeys(("url", "uri", "link", "href", "homepage", "website"), _url),
    **dict.fromkeys(("phone", "telephone", "mobile", "fax"), _phone),
    **dict.fromkeys(("author", "customer", "owner", "user", "person", "sender", "recipient", "contact"), _person),
    **dict.fromkeys(("city", "town"), lambda random: random.choice(_CITIES)),
    **dict.fromkeys(("country",), lambda random: random.choice(_COUNTRIES)),
    **dict.fromkeys(("currency",), lambda random: random.choice(_CURRENCIES)),
    **dict.fromkeys(("language", "lang", "locale"), lambda random: random.choice(_LANGUAGES)),
    **dict.fromkeys(("street", "address"), _street),
    **dict.fromkeys(("zip", "postcode", "postal"), _of("0123456789", 5, 5)),
    **dict.fromkeys(
        _split("description text message body comment comments note notes summary content reason"),
        _sentences,
    ),
    **dict.fromkeys(("id", "uid", "hash", "digest", "checksum", "token", "etag"), _of(_HEX, 16, 16)),
    **dict.fromkeys(("code", "sku", "number", "reference", "ref", "serial"), _of(_CODE, 6, 10)),
    **dict.fromkeys(("version",), _version),
    **dict.fromkeys(("path", "file", "folder", "directory"), lambda random: _words(random, "/")),
    **dict.fromkeys(("key", "tag", "tags", "label", "labels", "kind", "type", "category", "part", "method"), _word),
    **dict.fromkeys(("title", "subject", "name", "label"), lambda random: _words(random).capitalize()),
    **dict.fromkeys(("first", "given"), lambda random: random.choice(_FIRST)),
    **dict.fromkeys(("last", "family", "surname"), lambda random: random.choice(_LAST)),
}


def text_for(hint: str) -> Callable[[Random], str]:
    """Return the maker of texts for a field that is called *hint*, of words with underscores or blanks between them."""
    words = hint.lower().replace("_", " ").split()
    # The last word says what it is, as in `customer_email`.
    return next((_BY_HINT[word] for word in (*words[-1:], *words) if word in _BY_HINT), _usual)


_ANY: Final = (*dict.fromkeys(_BY_HINT.values()), _usual)
_PRINTABLE: Final = "".join(map(chr, range(32, 127)))


def any_text(random: Random) -> str:
    """Return a text of any kind: what some field holds, a few characters or digits, or nothing."""
    kind = random.random()
    if kind < 0.6:
        return random.choice(_ANY)(random)
    characters = random.choice((_PRINTABLE, "0123456789", _HEX, _CODE, "abc"))
    return "".join(random.choices(characters, k=int(random.lognormvariate(1.5, 0.9)) if kind < 0.97 else 0))
