"""How dead letters and replays refuse."""

from shared.errors.taxonomy import DomainException, TransientException


class DeadLetterClosed(DomainException):
    code, title = "dead_letter_closed", "The dead letter was closed"


class DeadLetterRedriven(DomainException):
    """It was sent again before; had it failed once more, it would be another dead letter."""

    code, title = "dead_letter_redriven", "The dead letter was sent again before"


class NotRedrivable(DomainException):
    """What a stream gave up is a position without messages: they still stand in the outbox."""

    code, title = "not_redrivable", "There is nothing in it that could be sent again"


class TooOldToRepeat(DomainException):
    """Marks of what was handled are kept for 90 days: what is older might take effect twice."""

    code, title = "too_old_to_repeat", "Too old to be said again safely"


class DeadLetterTooLarge(DomainException):
    """More than a row can hold: it stays in its queue, whose alarm goes on."""

    code, title = "dead_letter_too_large", "The dead letter is too large to keep"


class ReplayOver(DomainException):
    code, title = "replay_over", "The replay does not run any more"


class QueueBusy(TransientException):
    """It will be sent by the clock if nobody asks again."""

    code, title = "queue_busy", "The queue did not take the message"
