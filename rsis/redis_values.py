class PlainValues:
    """What goes into Redis is bytes as they are, and whole numbers; what comes out is never unpickled."""

    def __init__(self, **_options: object) -> None:
        pass

    def dumps(self, value: object) -> bytes | int:
        if not isinstance(value, bytes | int):
            raise TypeError(f"The shared cache holds bytes and numbers, not {type(value).__name__}.")
        return value

    def loads(self, value: bytes) -> bytes | int:
        return int(value) if value.isdigit() else value
