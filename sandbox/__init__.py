"""The simulated acquirer: a payment provider of its own, over HTTP, that can misbehave on request.

Run it with ``python -m sandbox --port 0 --seed 7 --api-key KEY --ready-file PATH``. It binds
127.0.0.1, writes ``{"url", "pid"}`` to the ready file once it listens, keeps everything in memory
and stops within a second of SIGTERM. Identifiers and chances follow from the seed; give another
seed when a platform that remembers the last run meets a new one.

The merchant's API (``Authorization: Bearer KEY``; a POST needs ``Idempotency-Key``, ≤ 64 ASCII)
-------------------------------------------------------------------------------------------------
``POST /v1/payments``
    ``{"amount", "currency", "payment_method": {"token"}, "reference", "metadata"?}``
``POST /v1/payments/{id}/captures|refunds``
    ``{"amount", "currency", "reference", "metadata"?, "final"?}``
``POST /v1/payments/{id}/voids``
    ``{"reference", "currency"?, "metadata"?}``: gives back all that is not captured
``GET /v1/operations?reference=``
    ``{"data": [operation, …]}``: the truth, whatever was answered before
``GET /v1/disputes?reference=``
    ``{"data": [dispute, …]}``: those of the payment authorized under the reference

``POST /v1/disputes/{id}/evidence``
    ``{"text"?, "document"?}``: 201 and the dispute, until its ``evidence_due``, ten days after it
    was opened; the outcome does not depend on it

``GET /v1/settlement-reports``, ``GET /v1/settlement-reports/{number}``
    ``{"data": [{"number", "account", "name", "date", "currency"}, …]}``; one with its ``content``

A POST answers 201 with an operation, or 402 with ``error`` and ``operation`` for a declined card.
Operation: ``id``, ``operation``, ``payment``, ``reference``, ``status``, ``amount``, ``currency``,
``decline_code``, ``capture_before``, ``metadata``, ``created_at``. Amounts are whole minor units.
Captures may be several until one is ``final``, which gives the rest back. An operation on a
payment with nothing left for it is 409 ``invalid_state``; more than is left is 400
``amount_too_large``. What was refunded, is disputed or was charged back is not left for a refund.

=============  ====================================================================================
``pending``    the acquirer does not commit itself yet
``succeeded``  it took effect and stands
``declined``   the card was declined; ``decline_code`` says why
``failed``     it never took effect: ``capture_rejected``, ``void_rejected``
``reversed``   it took effect and no longer stands: ``capture_rejected``, ``refund_rejected``; a
               capture that was refunded or disputed is not reversed
``expired``    of an authorization: the uncaptured rest was released at ``capture_before``, and
               the code is ``expired``; what was captured stays captured
=============  ====================================================================================

A dispute is the customer's doing: an operation ``dispute`` whose id is ``sbx_dp_…``, with the
reference and the metadata of the authorization. Its status is ``opened``, then ``won`` (the money
is the merchant's again) or ``lost`` (it stays with the customer); its reason, ``fraudulent`` where
none is given, is the ``decline_code``. ``GET /v1/operations`` never lists it.

What was executed (201, 402) and a server error (500) is kept under its key for 24 hours of the
sandbox's clock and replayed with ``Idempotent-Replayed: true``. Other refusals change nothing and
are not kept. A key still running is 409 ``idempotency_in_flight``, one with another request 422
``idempotency_mismatch``.

Webhooks (Standard Webhooks), tried again with backoff until a 2xx, for 3 days of its clock
------------------------------------------------------------------------------------------
``{"id": "evt_…", "type", "created_at", "data": operation}``, first sent 50 ms after the answer.

=========================  =========================================================================
``operation.succeeded``    the operation took effect
``operation.declined``     the card was declined
``operation.failed``       the operation did not take effect
``operation.reversed``     the operation succeeded before and no longer stands
``authorization.expired``  the uncaptured rest was released; ``data`` is the authorize operation
``dispute.opened``         the customer's bank took the amount back until the dispute ends
``dispute.won``            the amount is the merchant's again
``dispute.lost``           the amount stays with the customer
=========================  =========================================================================

``webhook-timestamp`` is the machine's time, which receivers compare with their own;
``created_at`` is the sandbox's, which can be advanced.

Tokens (any other is 400 ``invalid_request``)
---------------------------------------------
==============================  ====================================================================
``tok_visa``                    everything succeeds; an authorization stands for 7 days
``tok_insufficient_funds``      declined with the code ``insufficient_funds``
``tok_lost_card``               declined with the code ``lost_card``
``tok_expired_card``            declined with the code ``expired_card``
``tok_do_not_honor``            declined with the code ``do_not_honor``
``tok_requires_action``         pending; half a second later it succeeds and the webhook says so
``tok_timeout_after_charge``    every operation takes effect and the line drops without an answer;
                                the same key then replays the success
``tok_timeout_before_charge``   the line drops, on every try, and nothing was taken
``tok_server_error``            500, kept under the key, and nothing was taken
``tok_charge_and_say_pending``  every operation takes effect and the answer says ``pending``
``tok_webhook_never``           no webhook for any operation
``tok_webhook_twice``           every webhook twice, with the same id
``tok_webhook_first``           every webhook is tried before the answer is given (5 s at most)
``tok_webhooks_reversed``       a webhook waits for the next one of its payment and arrives after
                                it; it waits 3 s at most
``tok_capture_fails``           a capture answers ``failed``
``tok_capture_fails_later``     a capture succeeds and is reversed a second later
``tok_capture_late``            a capture drops the line and nobody knows of it; half an hour later
                                it takes effect, though its hold was voided or expired by then
``tok_void_fails``              a void answers ``failed``; the authorization stands
``tok_refund_fails_later``      a refund succeeds and is reversed a second later
``tok_expires``                 the authorization expires after 3 seconds
``tok_dispute_lost``            a second after a capture a dispute over its amount is opened (less
                                what was refunded or disputed by then), a second later it is lost
``tok_dispute_won``             the same, and it is won
``tok_dispute_again``           the same; a second after it was won the money is disputed again, and
                                a second later that is lost
==============================  ====================================================================

Control (no key; loopback)
--------------------------
``POST /_control/webhooks``     ``{"url", "secret": "whsec_<base64>"}``: where webhooks go
``POST /_control/faults``       ``{"kind", "rate"?: 0..1, "times"?: n|null, "delay_ms"?}``
``POST /_control/clock``        ``{"advance_seconds"}``: what falls due has happened on return
``POST /_control/disputes``     ``{"payment" or "reference", "amount"?, "reason"?}`` opens a dispute
                                over the amount or all that is left: 201 and the operation;
                                ``{"dispute", "outcome": "won"|"lost"}`` ends it: 200
``POST /_control/late``         ``{"reference"}``: a capture that is held up takes effect now: 201
                                and the operation
``GET|POST /_control/charges``  what stands of each payment, its operations, totals by currency
``POST /_control/bucket``       ``{"name"}``: the S3 bucket where reports are put
``POST /_control/settle``       ``{"date"?, "discrepancies"?: [{"kind", "reference"?}]}``: settle
                                all that is not settled up to the end of that day, a report and a
                                payout for each currency, and put them into the bucket: 201 and
                                ``{"reports": [{"number", "currency", "payout_id", "payout",
                                "lines", "key"}]}``
``POST /_control/reset``        forgets everything but the endpoint; identifiers never repeat

A settlement report is a CSV with a line for each movement (capture, refund, dispute, and what took
them back) and one for the payout; a movement is settled once. Amounts are in major units, above
zero for the merchant; a capture costs 1.4 % and 0.25 and 0.1 % for the scheme, a dispute 15.00.
Discrepancies strike the line under the ``reference``, or the first capture: ``missing_line``,
``amount`` (a minor unit less), ``currency``, ``fee`` (100 minor units more), ``duplicate`` (under
another line's name), ``late`` (left to the next report); or the report: ``extra_line``,
``payout_sum``.

Each payment's ``authorized`` is what is ``captured``, ``voided``, ``expired``, ``released`` (the
rest that a final capture gave back, or a capture reversed after a void) and still to be captured.
Of ``captured``, ``refunded`` was given back, ``disputed`` is with the customer's bank and
``charged_back`` is lost to it.

Faults strike operations (POST under ``/v1``) or webhooks, each by its chance until its times are
used up; 0 times removes one. ``rate_limited``: 429, nothing kept. ``timeout_before``: the line
drops, nothing was done. ``slow``: the key is in flight for ``delay_ms`` before anything is taken.
``server_error``: 500 kept under the key, nothing was taken. ``timeout_after``: all was done and
the line drops, on a replay too. ``drop_webhook``, ``double_webhook``: for one event.
"""
