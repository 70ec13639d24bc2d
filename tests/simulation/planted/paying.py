"""Bugs in how a payment deals with its provider."""

from typing import Final

from tests.simulation.planted.planting import bug

ATTEMPT: Final = "payments.domain.attempt"
CARRY_OUT: Final = "payments.application.carry_out"
OPERATE: Final = "payments.application.operate"
RESOLVE: Final = "payments.application.resolve_payment"
INTENTS: Final = "payments.domain.intents"
PAYMENT: Final = "payments.domain.payment"
FACTS: Final = "payments.domain.facts"
EFFECTS: Final = "payments.domain.effects"
DISPUTES: Final = "payments.domain.disputes"
STORE: Final = "payments.infrastructure.dynamodb_payments"
SANDBOX: Final = "payments.infrastructure.providers.sandbox"
SIGNATURES: Final = "payments.infrastructure.standard_webhooks"
ORDER: Final = "orders.domain.order"

KEYED: Final = 'headers={"Idempotency-Key": attempt.key}'

BUGS: Final = (
    bug(
        "a fresh key for every call",
        (SANDBOX, KEYED, 'headers={"Idempotency-Key": f"{attempt.key}:{next(_CALLS)}"}'),
        (
            SANDBOX,
            "TOTAL_SECONDS: Final",
            "_CALLS = __import__('itertools').count()\nTOTAL_SECONDS: Final",
        ),
    ),
    bug(
        "one key for all operations of a kind",
        (
            ATTEMPT,
            'return f"{payment_id}:{operation}:{number}"',
            'return f"{payment_id}:{operation}"',
        ),
    ),
    bug(
        "silence is taken for a decline",
        (
            CARRY_OUT,
            "    if answer.outcome is Outcome.UNKNOWN:",
            "    if answer.outcome is Outcome.UNKNOWN:\n"
            "        answer = Answer(outcome=Outcome.REJECTED)\n"
            "    if answer.outcome is Outcome.UNKNOWN:",
        ),
    ),
    bug(
        "a word that nobody knows is a decline",
        (
            SANDBOX,
            '"status"} <= operation.keys():\n        return Answer(outcome=Outcome.UNKNOWN)',
            '"status"} <= operation.keys():\n        return Answer(outcome=Outcome.REJECTED)',
        ),
    ),
    bug(
        "money moves while an outcome is unknown",
        (
            INTENTS,
            "    if any(each.status is AttemptStatus.UNKNOWN for",
            "    if False and any(each.status is AttemptStatus.UNKNOWN for",
        ),
        life="a refund is asked for while it is not known what became of another",
    ),
    bug(
        "a refund under way is not reserved",
        (
            PAYMENT,
            "self.captured - self.refunding - self.given_back",
            "self.captured - self.given_back",
        ),
        (ORDER, "gone = self.refunding + self.refunded", "gone = self.refunded"),
        why="orders and payments reserve a refund, each for itself",
        life="two refunds at once, of more than there is",
    ),
    bug(
        "disputed money may be refunded",
        (PAYMENT, "self.refunding - self.given_back", "self.refunding - self.refunded"),
        (ORDER, "+ self.refunded + self.disputed", "+ self.refunded"),
        why="orders and payments take disputed money for gone, each for itself",
    ),
    bug(
        "never heard of it is taken for no at once",
        (RESOLVE, "elif now - attempt.started_at >= gateway.absent_after:", "elif True:"),
        (FACTS, "    if late and attempt.decline_code != NOT_FOUND:", "    if late:"),
        why="what was given up too early is taken back when it has happened after all",
    ),
    bug(
        "a question that failed is taken for never heard of it",
        (
            RESOLVE,
            "            silence = failure",
            "            answers[attempt.attempt_id], silence = None, failure",
        ),
    ),
    bug(
        "nobody asks about what is not decided",
        (
            PAYMENT,
            "        if self.undecided:\n            oldest",
            "        if False:\n            oldest",
        ),
    ),
    bug(
        "only one shard is asked about",
        (
            STORE,
            "        for shard in SHARDS:\n            for key in",
            "        for shard in SHARDS[:1]:\n            for key in",
        ),
    ),
    bug(
        "nobody asks about a hold whose time is over",
        (
            RESOLVE,
            "    if payment.capture_before is not None and cause.now",
            "    if False and cause.now",
        ),
    ),
    bug(
        "an answer writes over what a webhook has decided",
        (ATTEMPT, "        if self.decided:\n            return self\n", ""),
        (
            FACTS,
            "    if attempt.decided:\n        return payment, ()\n    provisional",
            "    provisional",
        ),
        why="the attempt and the fact both look at what is decided",
    ),
    bug(
        "a provider that has not decided takes back what it decided",
        (FACTS, "    if not attempt.may_be_called:\n        return payment, ()\n", ""),
    ),
    bug(
        "the same success counts again",
        (
            FACTS,
            "    if attempt.status is AttemptStatus.SUCCEEDED:\n        return payment, ()\n    late = attempt.decided\n",
            "    late = False\n",
        ),
    ),
    bug(
        "a late failure takes back a success",
        (
            FACTS,
            "        if attempt.status is AttemptStatus.SUCCEEDED:\n            raise NoticeContradicts",
            "        if False:\n            raise NoticeContradicts",
        ),
        (
            FACTS,
            "        return payment, ()\n    decided = replace(\n        attempt,\n        status=status",
            "    decided = replace(\n        attempt,\n        status=status",
        ),
    ),
    bug(
        "a success is withdrawn twice",
        (FACTS, "    if attempt.withdrawn:\n        return payment, ()\n", ""),
        life="a capture's withdrawal is told again",
    ),
    bug(
        "a withdrawal that comes first tells no success",
        (FACTS, "    return withdrawn, (*told, *also_told)", "    return withdrawn, also_told"),
    ),
    bug(
        "a capture's withdrawal is not kept",
        (FACTS, "    (Operation.CAPTURE, Verdict.REVERSED): capture_reversed,\n", ""),
    ),
    bug(
        "the rest that a capture leaves is told but not kept",
        (EFFECTS, "        taken = replace(taken, released=taken.released + taken.held)\n", ""),
    ),
    bug(
        "a failed capture keeps its reservation",
        (
            EFFECTS,
            "    after = replace(payment, capturing=payment.capturing - attempt.amount)\n    event = CaptureFailed(",
            "    after = payment\n    event = CaptureFailed(",
        ),
    ),
    bug(
        "a failed refund keeps its reservation",
        (
            EFFECTS,
            "    after = replace(payment, refunding=payment.refunding - attempt.amount)\n    event = _refund_failed(payment, attempt, Undoes.REQUEST)",
            "    after = payment\n    event = _refund_failed(payment, attempt, Undoes.REQUEST)",
        ),
    ),
    bug(
        "what a hold that is over still held does not expire",
        (
            EFFECTS,
            "    if not holds[-1].withdrawn or waits or payment.held.minor <= 0:",
            "    if True:",
        ),
    ),
    bug(
        "a hold expires under a capture that is under way",
        (EFFECTS, "withdrawn or waits or", "withdrawn or"),
    ),
    bug(
        "giving up during the authorization is forgotten",
        (
            INTENTS,
            "        return replace(payment, cancel_requested=True)",
            "        return payment",
        ),
        life="cancel before the authorization",
    ),
    bug(
        "what was given up is not given back when it is authorized",
        (
            EFFECTS,
            "    if payment.cancel_requested:\n        messages = (event, give_back",
            "    if False:\n        messages = (event, give_back",
        ),
        life="cancel before the authorization",
    ),
    bug(
        "an attempt is sent again however old it is",
        (
            CARRY_OUT,
            "        if cause.now - attempt.started_at >= gateway.key_used_for:",
            "        if False:",
        ),
        life="a command comes again when the provider has forgotten its key",
    ),
    bug(
        "a command that comes again begins anew",
        (OPERATE, "    if mine is not None:\n", "    if False:\n"),
    ),
    bug(
        "the provider is called before the attempt is durable",
        (
            OPERATE,
            "    return payments.keep_intent(started, cause, messages=messages), True",
            "    return started, True",
        ),
    ),
    bug(
        "the outcome is acknowledged and not kept",
        (CARRY_OUT, "        if decided == read and not messages:", "        if not messages:"),
    ),
    bug(
        "a command whose outcome is unknown is acknowledged, and nobody asks",
        (
            CARRY_OUT,
            "        _keep_unknown(payment.payment_id, attempt.attempt_id, answer, payments, cause)\n        raise OutcomeUnknown",
            "        _keep_unknown(payment.payment_id, attempt.attempt_id, answer, payments, cause)\n        return payments.acknowledge(cause)",
        ),
        (
            PAYMENT,
            "        if self.undecided:\n            oldest",
            "        if False:\n            oldest",
        ),
        why="the command's own retry and the clock ask the provider independently",
    ),
    bug(
        "a webhook with a wrong signature is believed",
        (SIGNATURES, "    if True not in [", "    if False and True not in ["),
    ),
    bug(
        "a webhook is answered and not stored",
        (
            STORE,
            "            self._table.commit([Put(key=key, row=row)], cause_id=None, now=cause.now)\n        except StaleRow:",
            "            del key, row\n        except StaleRow:",
        ),
    ),
    bug(
        "a dispute is opened again when it is told again",
        (
            DISPUTES,
            "    known = _find(payment, notice.provider_reference)\n    messages",
            "    known = None\n    messages",
        ),
    ),
    bug(
        "a dispute that is over ends again",
        (DISPUTES, "    if dispute.status is status:\n        return payment, ()\n", ""),
        (
            DISPUTES,
            '    if dispute.status is not DisputeStatus.OPENED:\n        raise NoticeContradicts(f"{status} after',
            '    if False:\n        raise NoticeContradicts(f"{status} after',
        ),
    ),
    bug(
        "two attempts of one refund draw on the same debt",
        (PAYMENT, "                owed = owed - each.already_owed", "                pass"),
        life="a refund comes back, and two more are asked for",
    ),
)
