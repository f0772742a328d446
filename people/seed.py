"""The languages a profile may name, as reference data. Editors add what is missing."""

from people.models import Language

# Tag (BCP 47) and name; for a variety without a tag of its own, one for private use within that of its kin.
LANGUAGES = (
    ("ar", "Arabic"), ("id", "Indonesian"), ("ms", "Malay"), ("en", "English"), ("cmn", "Mandarin"),
    ("ta", "Tamil"), ("nan", "Hokkien"), ("nan-x-teochew", "Teochew"), ("nan-x-hainan", "Hainanese"),
    ("yue", "Cantonese"), ("hak", "Hakka"),
    ("th", "Thai"), ("lo", "Lao"), ("vi", "Vietnamese"), ("km", "Khmer"), ("my", "Burmese"), ("fil", "Filipino"),
    ("war", "Waray"), ("ceb", "Cebuano"), ("jv", "Javanese"), ("su", "Sundanese"), ("tet", "Tetum"),
    ("ja", "Japanese"), ("ko", "Korean"), ("hi", "Hindi"), ("ur", "Urdu"), ("bn", "Bengali"), ("pa", "Punjabi"),
    ("ml", "Malayalam"), ("kn", "Kannada"), ("te", "Telugu"), ("si", "Sinhala"), ("ne", "Nepali"), ("fa", "Persian"),
    ("tr", "Turkish"), ("he", "Hebrew"), ("kk", "Kazakh"), ("sw", "Swahili"), ("ig", "Igbo"), ("fr", "French"),
    ("de", "German"), ("nl", "Dutch"), ("es", "Spanish"), ("pt", "Portuguese"), ("it", "Italian"), ("ru", "Russian"),
    ("uk", "Ukrainian"), ("pl", "Polish"), ("da", "Danish"), ("sv", "Swedish"), ("no", "Norwegian"),
    ("is", "Icelandic"), ("tpi", "Tok Pisin"), ("sm", "Samoan"), ("mcm", "Kristang"), ("gd", "Gaelic"),
)  # fmt: skip


def load() -> int:
    """Create what is missing, by name, and return how many rows; what exists is left as its editors made it."""
    known = set(Language.objects.values_list("name", flat=True)) | set(Language.objects.values_list("code", flat=True))
    missing = [Language(code=code, name=name) for code, name in LANGUAGES if not known & {code, name}]
    return len(Language.objects.bulk_create(missing))
