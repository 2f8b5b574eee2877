"""The errors that a user of PyWebML can meet; each says what is wrong, where, and what to do."""


class PyWebMLError(Exception):
    """Base of every error that is the user's to mend: the command line prints it in one line."""


class AuthoringError(PyWebMLError, TypeError):
    """A pipeline was written wrongly: a stream type, an option or an input does not fit."""


class ConfigError(PyWebMLError, ValueError):
    """A graph config breaks a rule."""


class AppError(PyWebMLError):
    """An app file cannot be loaded, or does not hold exactly one app."""


class ModelError(PyWebMLError):
    """A model cannot be fetched, does not have the promised hash, or is no model."""


class ConversionError(PyWebMLError):
    """A model cannot be read, changed or written by the converter, or the result is not the same model."""


class ControlError(PyWebMLError, ValueError):
    """A control is set to what it cannot show, or there is no such control."""


class MediaError(PyWebMLError):
    """A picture cannot be read or written."""


class BuildError(PyWebMLError):
    """A site cannot be built."""


class CalculatorError(PyWebMLError, RuntimeError):
    """A calculator failed while the graph ran; a RuntimeError too, as scripts for MediaPipe expect.

    Attributes:
        node: the name of the calculator's node in the graph.
        timestamp: the timestamp, in microseconds, of the packets that it was given.
    """

    def __init__(self, node: str, timestamp: int, message: str) -> None:
        super().__init__(f"the calculator '{node}' failed at timestamp {timestamp}: {message}")
        self.node = node
        self.timestamp = timestamp
