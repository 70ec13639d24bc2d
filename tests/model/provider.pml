/* The provider, and the line to it. */

#ifdef FRESH_KEY
#define SAME_KEY(i) false
#else
#ifdef NO_INTENT
#define SAME_KEY(i) (st[i] != NONE)
#else
#ifdef BLIND_RETRY
#define SAME_KEY(i) (!old[i])     /* it has forgotten the key since */
#else
#define SAME_KEY(i) true
#endif
#endif
#endif

inline arrive(i) {
    if
    :: truth[i] == ABSENT -> see(SEE_ARRIVAL, i, TAKEN); truth[i] = TAKEN
    :: truth[i] == ABSENT -> see(SEE_ARRIVAL, i, REJECTED); truth[i] = REJECTED
    :: truth[i] != ABSENT && SAME_KEY(i)
    :: truth[i] != ABSENT && !SAME_KEY(i) -> charges[i]++
    fi;
    assert(charges[i] <= 1)
}

inline grant(i) {
    see(SEE_VERDICT, i, YES);
    truth[i] = YES;
    charges[i]++;
    assert(charges[i] == 1);
    if
    :: op[i] == AUTHORIZE -> p_held = amount[i]; p_gone = 0
    :: op[i] == CAPTURE ->
        assert(amount[i] <= p_held);
        p_held = 0;
        p_captured = p_captured + amount[i]
    :: op[i] == VOID ->
        assert(amount[i] <= p_held);
        p_held = p_held - amount[i]
    :: op[i] == REFUND ->
        p_refunded = p_refunded + amount[i];
        assert(p_refunded <= p_captured)
    fi
}

/* A provider that withdraws keeps its own limits; else they rest on us alone. */
#define WITHIN(i) (!p_gone && !p_undone \
    || (op[i] == CAPTURE && amount[i] <= p_held) || (op[i] == VOID && amount[i] <= p_held) \
    || (op[i] == REFUND && p_refunded + amount[i] <= p_captured) || op[i] == AUTHORIZE)

#ifdef BLIND_RETRY
#define TIME_TELLS(i) true
#else
#define TIME_TELLS(i) (truth[i] == ABSENT)
#endif

/* A verdict is told by a webhook at least once, or the webhook is lost for good. */
inline told(webhook) {
#ifdef TRACE
    webhook = 1
#else
    if
    :: webhook = 1
    :: silent > 0 -> silent--
    fi
#endif
}

inline receive(i, webhook, its_mark, word) {
    if
    :: its_mark
    :: !its_mark -> learn(i, word, BY_WEBHOOK); its_mark = 1
    fi;
    acknowledged(webhook)
}

proctype Provider(byte i) {
end:
    do
    :: atomic { flying[i] > 0 -> flying[i]--; arrive(i) }
    :: atomic { flying[i] > 0 -> flying[i]-- }
    :: atomic { truth[i] == TAKEN && WITHIN(i) -> grant(i); told(hook[i]) }
    :: atomic { truth[i] == TAKEN -> see(SEE_VERDICT, i, REFUSED); truth[i] = REFUSED; told(hook[i]) }
    :: atomic {
        CAN(undoing) && truth[i] == YES && op[i] == AUTHORIZE && p_held > 0 ->
        see(SEE_VERDICT, i, UNDONE);
        spend(undoing); truth[i] = UNDONE; late_hook[i] = 1;
        p_held = 0; p_gone = 1
    }
    :: atomic {
        CAN(undoing) && truth[i] == YES && op[i] == CAPTURE && p_captured - p_refunded >= amount[i] ->
        see(SEE_VERDICT, i, UNDONE);
        spend(undoing); truth[i] = UNDONE; late_hook[i] = 1;
        p_captured = p_captured - amount[i]; p_undone = 1;
        if
        :: p_gone
        :: else -> p_held = p_held + amount[i]
        fi
    }
    :: atomic {
        CAN(undoing) && truth[i] == YES && op[i] == REFUND ->
        see(SEE_VERDICT, i, UNDONE);
        spend(undoing); truth[i] = UNDONE; late_hook[i] = 1;
        p_refunded = p_refunded - amount[i]
    }
    :: atomic { hook[i] -> receive(i, hook[i], hooked[i], (truth[i] == UNDONE -> YES : truth[i])) }
    :: atomic { late_hook[i] -> receive(i, late_hook[i], late_hooked[i], UNDONE) }
    :: atomic {
        !old[i] && MAY_BE_CALLED(i) && TIME_TELLS(i) && flying[i] == 0 && calling[i] == 0 ->
        old[i] = 1
    }
    od
}

#ifdef ABSENT_EARLY
#define NEVER_WILL(i) true
#else
#define NEVER_WILL(i) old[i]
#endif

/* What is not decided is asked of the provider, by the clock. */
proctype Resolver(byte i) {
    byte heard;
end_idle:
    atomic {
        (UNDECIDED(i) && (truth[i] >= YES || (truth[i] == TAKEN && MAY_BE_CALLED(i)) ||
            (truth[i] == ABSENT && NEVER_WILL(i)))) ||
        (st[i] == OK && truth[i] == UNDONE && op[i] == AUTHORIZE) ->
        heard = truth[i]
    }
    atomic {
        if
        :: heard == ABSENT && UNDECIDED(i) -> see(SEE_STATUS, i, NO + BY_NOBODY); fail(i)
        :: heard == ABSENT && !UNDECIDED(i)
        :: heard != ABSENT -> learn(i, heard, BY_NOBODY)
        fi;
        heard = ABSENT;
        goto end_idle
    }
}
