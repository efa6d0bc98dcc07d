"""The codes of Daybook's own that can stand in an operation's last error; all others are the marketplace's.

Each has a sentence. An error says whose it is: ours (the line, or a person, or a guard), the transport's, or the
marketplace's.
"""

from enum import StrEnum


class Source(StrEnum):
    """Who says that something is wrong."""

    LOCAL = "local validation"
    TRANSPORT = "transport"
    MARKETPLACE = "marketplace"


class Code(StrEnum):
    """What is wrong, for programs."""

    UNREADABLE_LINE = "UnreadableLine"
    UNKNOWN_OPERATION = "UnknownOperation"
    UNKNOWN_MARKETPLACE = "UnknownMarketplace"
    FOREIGN_MARKETPLACE = "ForeignMarketplace"
    MISSING_VALUE = "MissingValue"
    VALUE_TOO_LONG = "ValueTooLong"
    UNPRINTABLE_VALUE = "UnprintableValue"
    NOT_A_PRICE = "NotAPrice"
    NOT_A_QUANTITY = "NotAQuantity"
    UNKNOWN_CURRENCY = "UnknownCurrency"
    FOREIGN_CURRENCY = "ForeignCurrency"
    NOT_JSON = "NotJson"
    UNEXPECTED_VALUE = "UnexpectedValue"
    DUPLICATE_REFERENCE = "DuplicateReference"
    NOTHING_TO_RESTORE = "NothingToRestore"
    NOT_IN_CATALOG = "NotInCatalog"
    PRICE_BELOW_FLOOR = "PriceBelowFloor"
    PRICE_ABOVE_CEILING = "PriceAboveCeiling"
    PRICE_CHANGE_TOO_LARGE = "PriceChangeTooLarge"
    EARLIER_PRICE_UNKNOWN = "EarlierPriceUnknown"
    SAME_ERROR_AGAIN = "SameErrorAgain"
    CANCELLED_BY_USER = "CancelledByUser"
    THROTTLED = "Throttled"
    UNREACHABLE = "Unreachable"
    MARKETPLACE_FAULT = "MarketplaceFault"
    NO_ANSWER = "NoAnswer"


SENTENCES: dict[Code, str] = {
    Code.UNREADABLE_LINE: "The line cannot be read as one of this file's.",
    Code.UNKNOWN_OPERATION: "The line names an operation that Daybook does not know.",
    Code.UNKNOWN_MARKETPLACE: "The line names no marketplace, or none that there is.",
    Code.FOREIGN_MARKETPLACE: "The seller does not sell in the line's marketplace.",
    Code.MISSING_VALUE: "A value that the operation needs is missing.",
    Code.VALUE_TOO_LONG: "A value is longer than the marketplace allows.",
    Code.UNPRINTABLE_VALUE: "A value holds a character that cannot be printed.",
    Code.NOT_A_PRICE: "A price cannot be read, or is not above zero.",
    Code.NOT_A_QUANTITY: "A quantity is not a whole number from 0 to 2,147,483,647.",
    Code.UNKNOWN_CURRENCY: "A currency is not a three-letter code or a sign that Daybook knows.",
    Code.FOREIGN_CURRENCY: "The price is in another currency than the marketplace's.",
    Code.NOT_JSON: "A value that must be JSON is not.",
    Code.UNEXPECTED_VALUE: "A value is not one that the operation takes there.",
    Code.DUPLICATE_REFERENCE: "An earlier line of the batch changes the same thing of the same SKU.",
    Code.NOTHING_TO_RESTORE: "No earlier value of this SKU is known that could be restored.",
    Code.NOT_IN_CATALOG: "The catalog has no such item now, so the change cannot be made anew.",
    Code.PRICE_BELOW_FLOOR: "The price is below the floor of the seller's price guard.",
    Code.PRICE_ABOVE_CEILING: "The price is above the ceiling of the seller's price guard.",
    Code.PRICE_CHANGE_TOO_LARGE: "The price changes by more than the seller's price guard allows.",
    Code.EARLIER_PRICE_UNKNOWN: "No earlier price is known, so the price guard cannot judge the change.",
    Code.SAME_ERROR_AGAIN: "The same error came three times in a row; it waits until somebody approves it.",
    Code.CANCELLED_BY_USER: "Somebody cancelled it before it was sent.",
    Code.THROTTLED: "The marketplace refused the call for its usage plan; it is tried again by itself.",
    Code.UNREACHABLE: "No connection to the marketplace; it is tried again by itself.",
    Code.MARKETPLACE_FAULT: "The marketplace failed without a code of its own; it is tried again by itself.",
    Code.NO_ANSWER: "The call was sent and no answer came; Daybook looks whether it was done.",
}
"""A sentence for a person on each."""

_TRANSPORT = frozenset({Code.THROTTLED, Code.UNREACHABLE, Code.MARKETPLACE_FAULT, Code.NO_ANSWER})
_OURS = frozenset(code.value for code in Code)


def source_of(code: str) -> Source:
    """Whose error the code is."""
    if code not in _OURS:
        return Source.MARKETPLACE
    return Source.TRANSPORT if code in _TRANSPORT else Source.LOCAL
