"""How the desk writes moments where a screen does not say: by the clock of 24 hours, as all our own do."""

DATETIME_FORMAT = "j M Y, H:i"
SHORT_DATETIME_FORMAT = "d/m/Y H:i"
TIME_FORMAT = "H:i"
