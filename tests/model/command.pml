/* A command: intent, effect, outcome. */

#ifdef BLIND_RETRY
#define NOT_NOW(i) false
#else
#define NOT_NOW(i) (MAY_BE_CALLED(i) && old[i] && truth[i] == ABSENT)
#endif

/* Something can be done with the command now; else it would go back to its queue. */
#define READY(i) (mark[i] || (st[i] == NONE && !MUST_WAIT(i)) || (st[i] != NONE && !NOT_NOW(i)))

inline acknowledge(i) {
    acknowledged(queued[i])
}

/* Only the mark that the command was handled: nothing else changes. */
inline handled(i) {
    if
    :: !mark[i] -> see(SEE_MARK, i, 0); mark[i] = 1
    :: else
    fi
}

inline write_intent(i) {
    if
    :: st[i] == NONE -> begin(i); see(SEE_INTENT, i, amount[i])
    :: else
    fi
}

/* The outcome and the mark of its command, in one transaction. */
inline outcome(i, word) {
#ifdef NO_INTENT
    write_intent(i);
#endif
    if
    :: word == SILENCE && MAY_BE_CALLED(i) ->
#ifdef UNKNOWN_IS_NO
        fail(i); mark[i] = 1
#else
        if
        :: st[i] == STARTED -> see(SEE_STATUS, i, UNKNOWN + BY_NOBODY); become(i, UNKNOWN)
        :: st[i] == UNKNOWN
        fi
#endif
    :: word == SILENCE && st[i] == PENDING
    :: word == SILENCE && !UNDECIDED(i) -> handled(i)
    :: word != SILENCE && (MAY_BE_CALLED(i) || (st[i] == PENDING && word >= YES)) ->
        learn(i, word, BY_COMMAND); mark[i] = 1
#ifdef LATE_ANSWER
    :: word == TAKEN && st[i] == OK -> become(i, PENDING); mark[i] = 1
#endif
    :: word != SILENCE && !MAY_BE_CALLED(i) && !(st[i] == PENDING && word >= YES) -> handled(i)
    fi
}

proctype Worker(byte i) {
    byte heard;
end_idle:
    atomic {
        queued[i] && READY(i);
#ifdef ACKED_FIRST
        queued[i] = 0;
#endif
        if
        :: mark[i] -> acknowledge(i); goto end_idle
        :: else
        fi
    }
    atomic {
        if
        :: CAN(faults) -> spend(faults); goto end_idle
        :: st[i] != NONE && !MAY_BE_CALLED(i) -> handled(i); acknowledge(i); goto end_idle
        :: MAY_BE_CALLED(i) -> goto again
        :: st[i] == NONE ->
            judge(i);
            if
            :: decision == WAIT -> decision = 0; goto end_idle
            :: decision == REFUSE ->
                decision = 0;
                void_refused = void_refused || op[i] == VOID;
                handled(i);
                acknowledge(i);
                goto end_idle
            :: decision == GIVE_UP ->
                decision = 0;
                if
                :: !mark[i] ->
                    promised = 1;
#ifndef CANCEL_FORGOTTEN
                    cancel = 1
#endif
                :: else
                fi;
                handled(i);
                acknowledge(i);
                goto end_idle
            :: decision == BEGIN -> decision = 0; calling[i]++
            fi
        fi;
#ifdef CHECKED_THEN_WRITTEN
        skip
    }
    atomic {
#endif
#ifndef NO_INTENT
        write_intent(i);
#endif
        goto call
    }
again:                        /* the provider is asked before it is called once more */
    atomic {
#ifdef BLIND_RETRY
        calling[i]++
#else
        if
        :: CAN(silent) -> spend(silent); goto end_idle
        :: truth[i] != ABSENT -> heard = truth[i]; goto told_so
        :: truth[i] == ABSENT && old[i] -> goto end_idle
        :: truth[i] == ABSENT && !old[i] -> calling[i]++
        fi
#endif
    }
call:
    atomic {
        if
        :: CAN(faults) -> spend(faults); calling[i]--; goto end_idle
        :: see(SEE_CALL, i, 0); arrive(i)
        :: CAN(silent) -> see(SEE_CALL, i, 0); spend(silent); heard = NOT_REACHED
        :: CAN(silent) -> see(SEE_CALL, i, 0); spend(silent); heard = SILENCE
        :: CAN(silent) -> see(SEE_CALL, i, 0); spend(silent); heard = SILENCE; flying[i]++
        fi
    }
    atomic {
        calling[i]--;
        if
        :: CAN(faults) -> spend(faults); heard = ABSENT; goto end_idle
        :: heard == NOT_REACHED -> see(SEE_ANSWER, i, NOT_REACHED); heard = ABSENT; goto end_idle
#ifdef TRACE                  /* the gateway itself tries once more, with the same key */
        :: heard == NOT_REACHED -> see(SEE_ANSWER, i, NOT_REACHED); heard = ABSENT; calling[i]++;
            goto call
#endif
        :: heard == SILENCE
        :: heard == ABSENT && truth[i] == REJECTED -> heard = REJECTED
        :: heard == ABSENT && truth[i] != REJECTED -> heard = TAKEN
        :: heard == ABSENT && CAN(silent) -> spend(silent); heard = SILENCE
        fi;
        see(SEE_ANSWER, i, heard)
    }
told_so:
    atomic {
        if
        :: CAN(faults) -> spend(faults); heard = ABSENT; goto end_idle
        :: mark[i]
        :: !mark[i] -> outcome(i, heard)
        fi;
        heard = ABSENT;
        if
        :: mark[i] -> acknowledge(i)
        :: else
        fi;
        goto end_idle
    }
}
