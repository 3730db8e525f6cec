"""The one error type of this package: bad specs, plants that do not fit, broken master data."""


class DatasetError(Exception):
    """A dataset cannot be built; the message says what, where and what to do."""
