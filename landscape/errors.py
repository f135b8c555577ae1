"""The one error type that reaches a user: a sentence that says what is wrong, where, what to do."""

from __future__ import annotations


class LandscapeError(ValueError):
    """Something a user asked for cannot be done; its text is meant to be read by that user.

    >>> str(LandscapeError("The domain is empty: give x as low, high with low < high."))
    'The domain is empty: give x as low, high with low < high.'
    """


class FormulaError(LandscapeError):
    """A formula that is refused, with the place in the text that is to blame.

    Attributes
    ----------
    reason : what is wrong, without the place
    formula : the text as typed
    position : index of the first character to blame, from 0
    length : number of characters to blame, at least 1
    unknown : the name that is not known, if that is what is wrong
    """

    def __init__(self, reason: str, formula: str, position: int, length: int = 1, unknown: str = "") -> None:
        self.reason = reason
        self.formula = formula
        self.position = position
        self.length = max(length, 1)
        self.unknown = unknown
        around = formula[max(position - 12, 0) : position + min(self.length, 20) + 12].strip()
        place = f" (character {position + 1}, near “{around}”)" if around else ""
        super().__init__(f"{reason}{place}")

    def __reduce__(self) -> tuple[type[FormulaError], tuple[str, str, int, int, str]]:
        """From a worker it comes back whole."""
        return type(self), (self.reason, self.formula, self.position, self.length, self.unknown)


class FieldError(LandscapeError):
    """A value that is refused, with the name of the field it was given for.

    Attributes
    ----------
    field : the name of the field, as in the API and in scene files
    """

    def __init__(self, field: str, reason: str) -> None:
        self.field = field
        super().__init__(reason)

    def __reduce__(self) -> tuple[type[FieldError], tuple[str, str]]:
        """From a worker it comes back whole."""
        return type(self), (self.field, str(self))
