/* The payment: what its row allows, and what each fact does to it. */

inline become(i, status) {
    if
    :: st[i] == UNKNOWN -> unknowns--
    :: else
    fi;
    st[i] = status;
    if
    :: st[i] == UNKNOWN -> unknowns++
    :: else
    fi;
    if
    :: op[i] == AUTHORIZE -> auth_open = UNDECIDED(i)
    :: else
    fi
}

/* Within one d_step only: what it finds is scratch, and no state. */
inline look() {
    authorizing = 0; voiding = 0; taking = 0; gone = 0;
    for (k : 0 .. N) {
        if
        :: UNDECIDED(k) && op[k] == AUTHORIZE -> authorizing = 1
        :: UNDECIDED(k) && op[k] == VOID -> voiding = 1
        :: UNDECIDED(k) && op[k] == CAPTURE -> taking = 1
        :: st[k] == GONE && op[k] == AUTHORIZE -> gone = 1
        :: st[k] == OK && op[k] == AUTHORIZE -> gone = 0
        :: else
        fi
    };
    k = 0;
    held = authorized - captured - capturing - released - expired
}

#ifdef WHILE_UNKNOWN
#define MUST_WAIT(i) (op[i] != AUTHORIZE && !begun)
#else
/* Giving up what is not authorized yet moves no money, and waits for nothing. */
#define MUST_WAIT(i) ((unknowns > 0 && !(op[i] == VOID && auth_open)) || (op[i] != AUTHORIZE && !begun))
#endif

#ifdef UNRESERVED
#define REFUNDABLE (captured - refunded)
#else
#define REFUNDABLE (captured - refunded - refunding)
#endif

inline judge(i) {
    d_step {
    look();
    if
    :: MUST_WAIT(i) -> decision = WAIT
    :: else ->
        if
        :: op[i] == AUTHORIZE && !authorizing && !voiding && !taking && !cancel &&
           captured == 0 && held == 0 -> decision = BEGIN
        :: op[i] == CAPTURE && !authorizing && !voiding && !taking && held >= amount[i] &&
           (captured == 0 || captured > refunded) -> decision = BEGIN
        :: op[i] == VOID && (authorizing || (!voiding && !taking && captured == 0 && held == 0)) ->
            decision = GIVE_UP
#ifdef VOID_RACES
        :: op[i] == VOID && !authorizing && !voiding && held + capturing > 0 -> decision = BEGIN
#else
        :: op[i] == VOID && !authorizing && !voiding && !taking && held > 0 &&
           (captured == 0 || captured > refunded) -> decision = BEGIN
#endif
        :: op[i] == REFUND && !authorizing && !voiding && !taking && captured > refunded &&
           REFUNDABLE >= amount[i] -> decision = BEGIN
        :: else -> decision = REFUSE
        fi
    fi
    }
}

/* No money operation while an outcome is unknown; and what we call a no is one. */
inline certain() {
    d_step {
        assert(unknowns == 0);
        for (k : 0 .. N) {
            assert(st[k] != NO || truth[k] == REFUSED || truth[k] == REJECTED || NEVER_CAME(k))
        };
        k = 0
    }
}

inline begin(i) {
    certain();
    begun = 1;
    become(i, STARTED);
    if
    :: op[i] == AUTHORIZE -> authorized = 0; released = 0; expired = 0
    :: op[i] == CAPTURE -> capturing = capturing + amount[i]
    :: op[i] == VOID -> amount[i] = authorized - captured - released - expired
    :: op[i] == REFUND -> refunding = refunding + amount[i]; box[OWED(i)] = STORED
    fi
}

/* What an authorization that is gone still holds, and nothing under way has reserved, expires. */
inline settle() {
    d_step {
        look();
        if
        :: gone && !taking && !voiding && held > 0 -> expired = expired + held
        :: else
        fi
    }
}

inline succeed(i) {
    become(i, OK);
    if
    :: op[i] == AUTHORIZE ->
        authorized = amount[i];
        if
        :: cancel ->
            queued[N] = 1     /* in the same transaction */
#ifdef GIVE_BACK_APART
        :: cancel && faults > 0 -> faults--
#endif
        :: else
        fi
    :: op[i] == CAPTURE ->
        captured = captured + amount[i];
        capturing = capturing - amount[i];
        released = authorized - captured - expired;       /* a final capture frees the rest */
        box[SUCCESS(i)] = STORED
    :: op[i] == VOID -> released = released + amount[i]
    :: op[i] == REFUND ->
        refunded = refunded + amount[i];
        refunding = refunding - amount[i];
        box[SUCCESS(i)] = STORED
    fi;
    settle()
}

inline fail(i) {
    become(i, NO);
    if
    :: op[i] == AUTHORIZE
    :: op[i] == CAPTURE -> capturing = capturing - amount[i]
    :: op[i] == VOID -> cancel = 0; promised = 0
    :: op[i] == REFUND -> refunding = refunding - amount[i]; box[WITHDRAWN(i)] = STORED
    fi;
    settle()
}

inline undo(i) {
    become(i, GONE);
    if
    :: op[i] == AUTHORIZE
    :: op[i] == CAPTURE -> captured = captured - amount[i]; box[WITHDRAWN(i)] = STORED
    :: op[i] == REFUND -> refunded = refunded - amount[i]; box[WITHDRAWN(i)] = STORED
    fi;
    settle()
}

#ifdef TOLD_TWICE
#define NEWS(i) (UNDECIDED(i) || st[i] == OK)
#else
#define NEWS(i) UNDECIDED(i)
#endif

/* The provider's own word on an attempt: the same word again changes nothing. */
inline learn(i, word, by) {
    if
#ifdef LATE_ANSWER
    :: word == TAKEN && st[i] == OK && by == BY_COMMAND -> become(i, PENDING)
#endif
    :: word == TAKEN && MAY_BE_CALLED(i) -> see(SEE_STATUS, i, PENDING + by); become(i, PENDING)
    :: word == YES && NEWS(i) -> see(SEE_STATUS, i, OK + by); succeed(i)
    :: (word == REFUSED || word == REJECTED) && UNDECIDED(i) ->
        see(SEE_STATUS, i, NO + by); fail(i)
    :: word == UNDONE && UNDECIDED(i) -> see(SEE_STATUS, i, GONE + by); succeed(i); undo(i)
    :: word == UNDONE && st[i] == OK -> see(SEE_STATUS, i, GONE + by); undo(i)
    :: else
    fi;
    assert(capturing >= 0 && refunding >= 0);
    assert(captured + capturing + released + expired <= authorized);
    assert(refunded + refunding <= captured || p_undone)
}
