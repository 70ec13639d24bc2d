/* One payment from its commands to the books: who writes what, in which order, and who may die.
 *
 * A command is delivered at least once, to a worker that writes the attempt (intent), calls the
 * provider with the attempt's key (effect) and writes what it heard (outcome) together with the
 * mark that the command was handled. The provider tells its verdict by webhook, or is asked. Each
 * fact leaves by the outbox: a relay puts it on the bus and stamps it, accounting books it once by
 * its cause, orders counts what was booked, once by its inbox. Any worker may die between any two
 * steps (`faults`), any answer may be lost (`silent`), any message may come twice.
 *
 * What is left out: amounts are 1 and 2 in the exhaustive runs; one provider; no disputes; a read,
 * a decision and a write that is conditional on the version read are one step (the decision is then
 * a function of the row that is written over). Time is one bit: an attempt is `old` when neither a
 * worker nor a request of it can still be under way, as Gateway.absent_after promises.
 *
 * Waiting is blocking: a message whose handler could only give it back to the queue is not delivered.
 * So every run is finite, which pan shows (no cycle), and each must end well (see Auditor).
 *
 * With TRACE the run has to follow what was seen of a run of the real code (see traces.py); TWIN is
 * the command that has a second worker, UNDOING lets the provider withdraw a success. Each other name in
 * an #ifdef is a planted bug (see mutants.py).
 */

#ifndef N
#define N 3                   /* commands from outside; slot N is the give-back of our own */
#endif
#ifndef FAULTS
#define FAULTS 1
#endif
#ifndef SILENT
#define SILENT 1
#endif
#ifndef OP1
#define OP1 CAPTURE
#endif
#ifndef AMOUNT1
#define AMOUNT1 2
#endif
#ifndef AMOUNT2
#define AMOUNT2 1
#endif
#ifndef AMOUNT3
#define AMOUNT3 2
#endif
#ifndef OP2
#define OP2 REFUND
#endif
#ifndef OP3
#define OP3 REFUND
#endif
#define SLOTS (N + 1)
#define FACTS (3 * SLOTS)     /* of a slot: its success, a refund's request (or its end), its undoing */

/* operations */
#define AUTHORIZE 1
#define CAPTURE 2
#define VOID 3
#define REFUND 4

/* an attempt in the payment's row */
#define NONE 0
#define STARTED 1
#define UNKNOWN 2
#define PENDING 3
#define OK 4
#define NO 5
#define GONE 6

/* an operation at the provider, by its key */
#define ABSENT 0
#define TAKEN 1
#define YES 2
#define REFUSED 3
#define REJECTED 4
#define UNDONE 5
#define SILENCE 6
#define NOT_REACHED 7

/* what becomes of a command before anything is begun */
#define WAIT 1
#define REFUSE 2
#define GIVE_UP 3
#define BEGIN 4

/* what can be seen of a run of the real code */
#define SEE_INTENT 1
#define SEE_STATUS 2
#define SEE_MARK 3
#define SEE_CALL 4
#define SEE_ARRIVAL 5
#define SEE_VERDICT 6
#define SEE_ANSWER 7
#define SEE_PUT 8
#define SEE_STAMP 9
#define SEE_BOOKED 10
#define SEE_COUNTED 11

#define BY_NOBODY 0
#define BY_COMMAND 10
#define BY_WEBHOOK 20

#ifdef TRACE
#define MONEY int
#else
#define MONEY short
#endif

byte op[SLOTS];
MONEY amount[SLOTS];

/* the payment's row */
byte st[SLOTS];
MONEY authorized, capturing, captured, released, expired, refunding, refunded;
bit promised, void_refused;   /* to give back what is held; somebody was told that it is not */
bit cancel;                   /* given back as soon as it is authorized */
byte unknowns;                /* attempts whose outcome is unknown */
bit begun, auth_open;         /* there is a row; its authorization is not decided */

/* commands: in the queue, and marked as handled in the payment's table */
bit queued[SLOTS];
bit mark[SLOTS];

/* the provider and the line to it */
byte truth[SLOTS];
byte charges[SLOTS];          /* how often this intent succeeded there */
byte flying[SLOTS];           /* requests that nobody knows of */
byte calling[SLOTS];          /* workers that may still send one */
bit old[SLOTS];
bit hook[SLOTS], hooked[SLOTS], late_hook[SLOTS], late_hooked[SLOTS];
MONEY p_held, p_captured, p_refunded;

/* facts: in the outbox, on the bus, in the books, and what orders counts of them */
#define STORED 1
#define PUT 2
#define STAMPED 3
#define STAMPED_UNSENT 4
byte box[FACTS];
bit to_book[FACTS], booked[FACTS], announced[FACTS], to_count[FACTS], counted[FACTS];
MONEY l_captured, l_refunded, l_owed, o_captured;

byte faults = FAULTS;
byte silent = SILENT;
#ifdef UNDOING
byte undoing = 1;
#else
byte undoing = 0;
#endif
bit p_gone, p_undone;         /* the hold is gone; a capture was undone */

byte decision;
/* scratch of one d_step, no state */
hidden byte k;
hidden byte authorizing, voiding, taking, gone;
hidden MONEY held;

#ifdef TRACE
#define DEAD 2047
short pos;
hidden byte t_kind[2048], t_slot[2048];
hidden int t_value[2048];
hidden short t_length = 1;     /* until the trace is read: nothing is followed yet */

/* A run that ends here has followed the whole trace: pan reports the end of this claim. */
never {
    do
    :: pos < t_length
    :: pos == t_length -> break
    od
}
#endif

inline see(kind, slot, value) {
#ifdef TRACE
    if
    :: t_kind[pos] == kind && t_slot[pos] == slot && t_value[pos] == value -> pos++
    :: else -> pos = DEAD
    fi
#else
    skip
#endif
}

#ifdef TRACE
#define CAN(budget) true
#define spend(budget) skip
#else
#define CAN(budget) (budget > 0)
#define spend(budget) budget--
#endif

/* A message leaves its queue, or stays and is delivered once more. Where faults cost nothing, in a
 * trace, staying is enough: whatever may come again need not.
 */
inline acknowledged(delivery) {
#ifdef TRACE
    skip
#else
    if
    :: delivery = 0
    :: faults > 0 -> faults--
    fi
#endif
}

#define SUCCESS(i) (3 * (i))
#define OWED(i) (3 * (i) + 1)
#define WITHDRAWN(i) (3 * (i) + 2)
#define SLOT(e) ((e) / 3)
#define UNDECIDED(i) (st[i] == STARTED || st[i] == UNKNOWN || st[i] == PENDING)
#define MAY_BE_CALLED(i) (st[i] == STARTED || st[i] == UNKNOWN)
#define NEVER_CAME(i) (truth[i] == ABSENT && flying[i] == 0 && calling[i] == 0)

#include "row.pml"
#include "provider.pml"
#include "command.pml"
#include "facts.pml"

/* When nothing moves any more. */
#ifndef TRACE
proctype Auditor() {
    byte i;
    MONEY owed;
    timeout;
    atomic {
        for (i : 0 .. N) {
            assert(!queued[i] && !UNDECIDED(i));
            assert(i == N || mark[i]);                         /* every command has ended */
            assert(!(st[i] == OK) || truth[i] == YES);         /* the provider says the same */
            assert(!(truth[i] == YES) || st[i] == OK);
            assert(!(st[i] == GONE) || truth[i] == UNDONE);
            assert(!(truth[i] == UNDONE) || st[i] == GONE);
            if
            :: op[i] == REFUND && st[i] == GONE -> owed = owed + amount[i]
            :: else
            fi
        };
        skip;
        d_step { look() };
        assert(captured == p_captured && refunded == p_refunded && held == p_held);
        assert(capturing == 0 && refunding == 0);
#ifdef BOOKS
        assert(l_captured == p_captured && l_refunded == p_refunded && l_owed == owed);
        assert(o_captured == p_captured);
#endif
        assert(!promised || held == 0 || void_refused)           /* given up is given back */
    }
}
#endif

init {
    byte i;
    atomic {
#ifdef TRACE
        c_code {
            FILE *file = fopen(getenv("QUITTANCE_TRACE"), "r");
            int slot, operation, minor, kind, value, read, length = 0;
            if (!file) Uerror("QUITTANCE_TRACE is not readable");
            for (slot = 0; slot < SLOTS; slot++) {
                read = fscanf(file, "%d %d", &operation, &minor);
                now.op[slot] = operation;
                now.amount[slot] = minor;
            }
            while (fscanf(file, "%d %d %d", &kind, &slot, &value) == 3) {
                if (length == 2000) Uerror("the trace is too long");
                t_kind[length] = kind;
                t_slot[length] = slot;
                t_value[length++] = value;
            }
            fclose(file);
            t_length = length;
        };
#else
        op[0] = AUTHORIZE;
        amount[0] = 2;
        op[1] = OP1; amount[1] = AMOUNT1;
#if N > 2
        op[2] = OP2; amount[2] = AMOUNT2;
#endif
#if N > 3
        op[3] = OP3; amount[3] = AMOUNT3;
#endif
        op[N] = VOID;
#endif
        for (i : 0 .. N) {
            if
            :: op[i] == 0 -> goto next
            :: op[i] != 0 && i < N -> queued[i] = 1
            :: op[i] != 0 && i == N
            fi;
            run Worker(i);
#ifdef TWIN
            if
            :: i == TWIN -> run Worker(i)
            :: else
            fi;
#endif
            run Provider(i);
#ifndef NO_RESOLVER
            run Resolver(i);
#endif
#ifdef BOOKS
            if
            :: op[i] == CAPTURE || op[i] == REFUND ->
                run Relay(SUCCESS(i)); run Accounting(SUCCESS(i));
                run Relay(WITHDRAWN(i)); run Accounting(WITHDRAWN(i))
            :: else
            fi;
            if
            :: op[i] == REFUND -> run Relay(OWED(i)); run Accounting(OWED(i))
            :: op[i] == CAPTURE ->
                run Orders(SUCCESS(i)); run Orders(WITHDRAWN(i));
#ifdef RIVAL
                run Orders(SUCCESS(i))
#endif
            :: else
            fi
#endif
next:       skip
        };
#ifdef FROM_CAPTURED
        st[0] = OK; truth[0] = YES; charges[0] = 1; mark[0] = 1; hooked[0] = 1; queued[0] = 0;
        st[1] = OK; truth[1] = YES; charges[1] = 1; mark[1] = 1; hooked[1] = 1; queued[1] = 0;
        begun = 1; authorized = 2; captured = 2; p_captured = 2;
        box[SUCCESS(1)] = STAMPED; booked[SUCCESS(1)] = 1; counted[SUCCESS(1)] = 1;
        l_captured = 2; o_captured = 2;
#endif
        i = 0;
#ifndef TRACE
        run Auditor()
#endif
    }
}
