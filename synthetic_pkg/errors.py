"""The error types of this package: bad specs, plants that do not fit, no space; and faults of the kit itself."""


class DatasetError(Exception):
    """A dataset cannot be built or read; the message says what, where and what to do."""


class DoesNotFit(DatasetError):
    """The mix does not fit into the group that was drawn; another draw of it may do."""


class KitFault(DatasetError):
    """The same, when not the caller but this installation is to blame: broken master data, a lost process."""
