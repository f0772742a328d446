"""Invented names in several customs, and invented journals and newspapers."""

from collections.abc import Iterator
from random import Random

HOSTS = (
    "Journal of Archipelagic Affairs", "The Straits Quarterly Review", "Asian Survey of Institutions",
    "Notes on Monsoon Asia", "The Harbour Times", "The Eastern Ledger", "Review of Plural Societies",
    "Pacific Policy Letters", "The Delta Observer", "Contemporary Strategy Studies",
)  # fmt: skip

CHINESE = ("Ang", "Chee", "Foo", "Gan", "Heng", "Kwek", "Leong", "Mok", "Neo", "Pang", "Sim", "Toh", "Wee", "Yap")
CHINESE_GIVEN = ("Jia", "Wei", "Xin", "Hui", "Kai", "Ming", "Rui", "Shan", "Ting", "Yong", "Zhi", "Ler", "En", "Hao")
MALAY = ("Ahmad", "Farid", "Hakim", "Iskandar", "Nasir", "Rahim", "Salleh", "Yusof", "Zainal", "Mansor", "Latif")
MALAY_WOMEN = ("Siti Nuraini", "Faridah", "Hasnah", "Khadijah", "Mariam", "Norliza", "Rohani", "Zubaidah")
TAMIL = ("Arivazhagan", "Chelvan", "Ezhilarasi", "Kavitha", "Manimaran", "Nithya", "Poonguzhali", "Senthil", "Vetrivel")
JAPANESE = ("Hoshikawa", "Iwasaki", "Kuroda", "Minagawa", "Onodera", "Shirakawa", "Takemoto", "Uenoyama")
JAPANESE_GIVEN = ("Akari", "Daiki", "Fumiko", "Hinata", "Mio", "Ryōta", "Sayuri", "Tomoya")
VIETNAMESE = ("Bùi", "Dương", "Hoàng", "Lý", "Ngô", "Trịnh", "Võ")
VIETNAMESE_GIVEN = ("Minh Châu", "Quang Huy", "Thanh Hà", "Tuấn Kiệt", "Bảo Ngọc", "Hải Yến")
SPANISH = ("Alcaraz", "Buenaventura", "Dimaculangan", "Evangelista", "Macaraeg", "Pangilinan", "Sarmiento")
SPANISH_GIVEN = ("Amihan", "Benedicto", "Corazon", "Fidel", "Ligaya", "Rosalinda", "Teodoro")
NORDIC = ("Bergström", "Dahlgren", "Fjeldstad", "Hallgrímsson", "Lehtinen", "Sandvik")
NORDIC_GIVEN = ("Astrid", "Eirik", "Hanna", "Joakim", "Linnea", "Solveig")


def stream(chance: Random) -> Iterator[tuple[str, str, str]]:
    """Family name, given names and the whole name, without end; some come twice."""
    customs = (_chinese, _malay, _tamil, _japanese, _vietnamese, _spanish, _nordic)
    while True:
        yield chance.choice(customs)(chance)


def _chinese(chance: Random) -> tuple[str, str, str]:
    family, given = chance.choice(CHINESE), " ".join(chance.sample(CHINESE_GIVEN, 2))
    return family, given, f"{family} {given}"


def _malay(chance: Random) -> tuple[str, str, str]:
    father = " ".join(chance.sample(MALAY, 2))
    if chance.random() < 0.5:
        given = chance.choice(MALAY_WOMEN)
        return "", given, f"{given} binte {father}"
    given = chance.choice(MALAY)
    return "", given, f"{given} bin {father}"


def _tamil(chance: Random) -> tuple[str, str, str]:
    given = chance.choice(TAMIL)
    return "", given, f"{chance.choice('ABCGJKMNPRSTV')}. {chance.choice('ABCGJKMNPRSTV')}. {given}"


def _japanese(chance: Random) -> tuple[str, str, str]:
    return _western(chance, JAPANESE, JAPANESE_GIVEN)


def _vietnamese(chance: Random) -> tuple[str, str, str]:
    family, given = chance.choice(VIETNAMESE), chance.choice(VIETNAMESE_GIVEN)
    return family, given, f"{family} {given}"


def _spanish(chance: Random) -> tuple[str, str, str]:
    first, second = chance.sample(SPANISH, 2)
    given = chance.choice(SPANISH_GIVEN)
    family = f"{first}-{second}"
    return family, given, f"{given} {family}"


def _nordic(chance: Random) -> tuple[str, str, str]:
    return _western(chance, NORDIC, NORDIC_GIVEN)


def _western(chance: Random, families: tuple[str, ...], givens: tuple[str, ...]) -> tuple[str, str, str]:
    family, given = chance.choice(families), chance.choice(givens)
    return family, given, f"{given} {family}"
