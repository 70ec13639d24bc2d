/* A fact: outbox, bus, books, and what orders counts. */

inline book(e) {
    see(SEE_BOOKED, e, 0);
    booked[e] = 1;
    if
    :: e == SUCCESS(SLOT(e)) && op[SLOT(e)] == CAPTURE ->
        l_captured = l_captured + amount[SLOT(e)];
        announced[e] = 1      /* the entry is its own announcement */
#ifdef ENTRY_APART
    :: e == SUCCESS(SLOT(e)) && op[SLOT(e)] == CAPTURE && faults > 0 ->
        l_captured = l_captured + amount[SLOT(e)]; faults--
#endif
    :: e == SUCCESS(SLOT(e)) && op[SLOT(e)] == REFUND ->
        l_refunded = l_refunded + amount[SLOT(e)];
        l_owed = l_owed - amount[SLOT(e)]
    :: e == OWED(SLOT(e)) -> l_owed = l_owed + amount[SLOT(e)]
    :: e == WITHDRAWN(SLOT(e)) && op[SLOT(e)] == CAPTURE -> l_captured = l_captured - amount[SLOT(e)]
    :: e == WITHDRAWN(SLOT(e)) && op[SLOT(e)] == REFUND && st[SLOT(e)] == NO ->
        l_owed = l_owed - amount[SLOT(e)]
    :: e == WITHDRAWN(SLOT(e)) && op[SLOT(e)] == REFUND && st[SLOT(e)] == GONE ->
        l_refunded = l_refunded - amount[SLOT(e)];
        l_owed = l_owed + amount[SLOT(e)]
    fi
}

#define UNDOES_CAPTURE(e) (e == WITHDRAWN(SLOT(e)) && op[SLOT(e)] == CAPTURE)

/* Sent to everybody who subscribes: accounting, and for an undone capture orders as well. */
inline put(e) {
    see(SEE_PUT, e, 0);
    to_book[e] = 1;
    if
    :: UNDOES_CAPTURE(e) -> to_count[e] = 1
    :: else
    fi
}

proctype Relay(byte e) {
end:
    do
#ifdef STAMPED_FIRST
    :: box[e] == STORED -> box[e] = STAMPED_UNSENT
    :: atomic { box[e] == STAMPED_UNSENT -> put(e); box[e] = STAMPED }
    :: box[e] == STAMPED_UNSENT && faults > 0 -> faults--; box[e] = STAMPED
#else
    :: atomic { box[e] == STORED -> put(e); box[e] = PUT }
    :: atomic { box[e] == PUT -> see(SEE_STAMP, e, 0); box[e] = STAMPED }
    :: atomic { (box[e] == PUT || box[e] == STAMPED) && CAN(faults) -> spend(faults); put(e) }
#endif
#ifdef REFUSAL_IGNORED
    :: box[e] == STORED && silent > 0 -> silent--; box[e] = STAMPED
#endif
    :: atomic { announced[e] -> announced[e] = 0; to_count[e] = 1 }
    od
}

#ifdef ENTRY_TWICE
#define BOOKS_AGAIN true
#else
#define BOOKS_AGAIN false
#endif

proctype Accounting(byte e) {
end:
    do
    :: atomic {
        to_book[e] && (!UNDOES_CAPTURE(e) || booked[SUCCESS(SLOT(e))]) ->
        if
#ifndef ENTRY_TWICE
        :: booked[e]
#endif
        :: !booked[e] || BOOKS_AGAIN -> book(e)
        fi;
        acknowledged(to_book[e])
    }
    od
}

/* Counting a sum is not idempotent: the mark in the same transaction is what makes it once. */
inline count(e) {
    see(SEE_COUNTED, e, 0);
    if
    :: UNDOES_CAPTURE(e) -> o_captured = o_captured - amount[SLOT(e)]
    :: else -> o_captured = o_captured + amount[SLOT(e)]
    fi
}

proctype Orders(byte e) {
end_idle:
    atomic {
        to_count[e];
#ifndef INBOX_DROPPED
        if
        :: counted[e] -> to_count[e] = 0; goto end_idle
        :: else
        fi
#endif
    }
#ifdef MARKED_FIRST
    counted[e] = 1;
#endif
    atomic {
        if
        :: CAN(faults) -> spend(faults); goto end_idle
#if !defined(INBOX_DROPPED) && !defined(INBOX_BEFORE) && !defined(MARKED_FIRST)
        :: counted[e]
        :: !counted[e] -> count(e); counted[e] = 1
#else
        :: count(e)
#endif
#ifdef MARKED_APART
        :: !counted[e] && faults > 0 -> count(e); faults--; goto end_idle
#endif
        fi;
#ifdef INBOX_BEFORE
        counted[e] = 1;
#endif
        acknowledged(to_count[e]);
        goto end_idle
    }
}
