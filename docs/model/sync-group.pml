/*
 * Dualbridge's rule for a sync group: three dual bridges change their side
 * together, and the controller decides for all. Side A has the better rank.
 *
 * The controller judges by its view, which lags behind the real health: what
 * changed is observed in any order, and nothing is observed during a move.
 * The environment changes at most FAULTS times, from any health of all six.
 *
 * -DFAULTS=n      default 2
 * -DMAX_MOVES=n   how many moves are too many, in place of the linear bound
 * -DOUTAGE        from all alive: all die, then all recover, in any order
 * -DSETTLE        with it, a side that is not whole is chosen only while none
 *                 dies or recovers: the outage is shorter than a settle time
 * -DABORT=1       a planned move may fail at its fence, and is taken back;
 *         =2      it is then not tried again before some health changes
 * -DNO_COUNT      no epochs, no bound on moves: for cycles and formulas
 * -DNO_SORT       members keep their places: trails are easier to read
 * Mutations, to see each property fail: see check.sh.
 *
 * Manual failback is covered: it is a hold time that is not over yet.
 */
#ifndef FAULTS
#define FAULTS 2
#endif

#define A 0
#define B 1
#define NONE 2

mtype:health = { unjudged, alive, dead }
mtype:role = { INITIALIZE, STANDBY, ACTIVE, FAULT }

/* What each bridge of side A and side B is: three dual bridges, [2 * m + s] */
mtype:health real[6];
mtype:health view[6] = unjudged;
mtype:role role[6] = INITIALIZE;
bool forwards[6];                 /* not fenced */

byte side = NONE;
bool moving, held, refused, initialDeadOver;
byte epoch;

byte changes, holdsOver, moves;   /* for the bound on moves */
bool movedSinceEvent;
bool earned;                      /* the hold time has passed without a break */

hidden mtype:health h;            /* to swap by */
hidden mtype:role r;
hidden byte f;

#define at(m, s) (2 * (m) + (s))
#define other(s) (1 - (s))
#define count(h, s, x) ((h[at(0,s)] == x) + (h[at(1,s)] == x) + (h[at(2,s)] == x))
#define whole(h, s) (count(h, s, alive) == 3)
#define deadOn(s) count(view, s, dead)
#define notAliveOn(s) (3 - count(view, s, alive))
#define lags(c) (view[c] != real[c])
#define observed (!lags(0) && !lags(1) && !lags(2) && !lags(3) && !lags(4) && !lags(5))

#define fencedOn(s) (count(forwards, s, false) == 3)
#define forwardsOn(s) (count(forwards, s, true) == 3)

/* The number that the active side has to beat: what is known to be lost. */
#ifdef COUNT_BOTH
#define lostOn(s) notAliveOn(s)
#else
#define lostOn(s) deadOn(s)
#endif
#ifdef NOT_STRICT
#define fewer(x, y) (x <= y)
#else
#define fewer(x, y) (x < y)
#endif
#ifdef SETTLE
#define settledEnough (observed && (deadOn(A) + deadOn(B)) % 6 == 0)
#else
#define settledEnough true
#endif
#ifdef NO_HOLD
#define mayFailBack true
#else
#define mayFailBack held
#endif
#ifdef MAX_MOVES
#define bound MAX_MOVES
#else
#define bound (2 + changes + holdsOver)
#endif

/*
 * The rule: which side should be active? After the initial dead time the side
 * with most members alive is elected, A of equals.
 */
inline decide() {
    goal = side; planned = false;
    if
    :: side == NONE ->
        if
        :: whole(view, A) -> goal = A
        :: else ->
            if
            :: initialDeadOver && notAliveOn(A) + notAliveOn(B) < 6 ->
                goal = (whole(view, B) || notAliveOn(B) < notAliveOn(A) -> B : A)
            :: else
            fi
        fi
    :: side != NONE && whole(view, side) ->
        if
        :: side == B && whole(view, A) && mayFailBack -> goal = A; planned = true
        :: else
        fi
#ifndef NO_FAILOVER
    :: side != NONE && deadOn(side) > 0 ->
        if
        :: whole(view, other(side)) -> goal = other(side)
        :: else ->
            if
            :: fewer(notAliveOn(other(side)), lostOn(side)) && settledEnough ->
                goal = other(side)
            :: else
            fi
        fi
#endif
    :: else                       /* blind: no action rather than a wrong one */
    fi
}

/* Members are alike: keeping them sorted saves states (not with -DNO_SORT). */
#define key2(c) (((real[c] * 4 + view[c]) * 5 + role[c]) * 2 + forwards[c])
#define key(m) (key2(2 * (m)) * 160 + key2(2 * (m) + 1))

inline swapCells(c, d) {
    h = real[c]; real[c] = real[d]; real[d] = h;
    h = view[c]; view[c] = view[d]; view[d] = h;
    r = role[c]; role[c] = role[d]; role[d] = r;
    f = forwards[c]; forwards[c] = forwards[d]; forwards[d] = f
}

inline order(m, n) {
    if
    :: key(m) > key(n) ->
        swapCells(2 * (m), 2 * (n)); swapCells(2 * (m) + 1, 2 * (n) + 1)
    :: else
    fi
}

inline sort() {
#ifndef NO_SORT
    order(0, 1); order(1, 2); order(0, 1)
#else
    skip
#endif
}

/* (5), and at all times, for the group and not only for each member */
inline checkForwarding() {
    assert(fencedOn(A) || fencedOn(B))
}

inline checkMember(c, s) {
    assert(forwards[c] == (side == s));
    assert((role[c] == ACTIVE) -> (side == s) : true);
    assert((view[c] == dead) -> (role[c] == FAULT) : true);              /* (6) */
    assert((view[c] == alive) ->
        (role[c] == (side == s -> ACTIVE : STANDBY)) : true)       /* (6), (8) */
}

inline checkGroup() {
    checkMember(0, A); checkMember(2, A); checkMember(4, A);
    checkMember(1, B); checkMember(3, B); checkMember(5, B)
}

inline observe(c) {
    view[c] = real[c];
    if
    :: view[c] == dead -> role[c] = FAULT
#ifdef NO_ROLES
    :: view[c] == alive && role[c] != FAULT ->
#else
    :: view[c] == alive ->
#endif
        role[c] = (side == c % 2 -> ACTIVE : STANDBY)
    :: else                       /* not judged: it keeps its role */
    fi;
    if
    :: c % 2 == A ->
        earned = false; refused = false;
#ifndef KEEP_HOLD
        held = false
#endif
    :: else
    fi
}

inline becomeActive(s) {
    side = s; initialDeadOver = false; held = false; earned = false;
    c = 0;
    do
    :: c < 6 ->
        if
        :: role[c] == FAULT || (role[c] == INITIALIZE && c % 2 != s)
        :: else -> role[c] = (c % 2 == s -> ACTIVE : STANDBY)
        fi;
        c++
    :: else -> break
    od;
    c = 0
}

inline holdOver() {
#ifndef NO_COUNT
    holdsOver++; earned = true
#else
    skip
#endif
}

inline event() {
    movedSinceEvent = false;
    decide()
}

proctype controller() {
    byte c, goal = side, before, from = NONE;
    bool planned;
end_quiet:
    do
    :: d_step { !moving && goal != side ->
        /* one batch: what happens meanwhile is observed after it */
        moving = true; from = side; before = epoch;
#ifndef SAME_EPOCH
        epoch++;
#endif
#ifndef NO_COUNT
        assert(epoch > before);
        moves++;
        assert(!movedSinceEvent);
        assert(moves <= bound);
        movedSinceEvent = true;
        assert(planned -> earned : true);
        assert((!planned && from != NONE) ->
            count(view, goal, alive) > 3 - deadOn(from) : true);
#else
        epoch = 0;
#endif
        before = 0
      };
#ifndef NO_FENCE
      do
      :: d_step { from != NONE && forwards[at(0,from)] ->
            forwards[at(0,from)] = false; sort() }
      :: d_step { from != NONE && forwards[at(1,from)] ->
            forwards[at(1,from)] = false; sort() }
      :: d_step { from != NONE && forwards[at(2,from)] ->
            forwards[at(2,from)] = false; sort() }
      :: from == NONE || fencedOn(from) -> break
#ifdef NO_BARRIER
      :: from != NONE && !fencedOn(from) -> break
#endif
#if ABORT
      :: d_step { planned -> goal = from; held = false; refused = (ABORT == 2) }; break
#endif
      od;
#endif
      do
      :: d_step { !forwards[at(0,goal)] ->
            forwards[at(0,goal)] = true; checkForwarding(); sort() }
      :: d_step { !forwards[at(1,goal)] ->
            forwards[at(1,goal)] = true; checkForwarding(); sort() }
#ifndef STUCK
      :: d_step { !forwards[at(2,goal)] ->
            forwards[at(2,goal)] = true; checkForwarding(); sort() }
#endif
      :: d_step { forwardsOn(goal) ->
            becomeActive(goal); moving = false; from = NONE; planned = false;
            checkGroup(); sort(); decide() };
         break
      od
#ifndef DEAF
    :: atomic { !moving && goal == side && !observed ->
        if
        :: lags(0) -> c = 0
        :: lags(1) -> c = 1
        :: lags(2) -> c = 2
        :: lags(3) -> c = 3
        :: lags(4) -> c = 4
        :: lags(5) -> c = 5
        fi;
        d_step { observe(c); c = 0; checkGroup(); sort(); event() } }
#endif
    :: d_step { goal == side && side == NONE && !initialDeadOver ->
        initialDeadOver = true; event() }
#ifndef NO_RETURN
    :: d_step { goal == side && side == B && !held && !refused && whole(view, A) ->
        held = true; holdOver(); event() }
#endif
    od
}

inline change(c) {
    if
    :: real[c] != alive -> real[c] = alive
    :: real[c] != dead -> real[c] = dead
    :: real[c] != unjudged -> real[c] = unjudged
    fi
}

inline anyHealth(c) {
    if
    :: real[c] = alive
    :: real[c] = dead
    :: real[c] = unjudged
    fi
}

#ifdef OUTAGE
inline start() {
    c = 0;
    do
    :: c < 6 ->
        real[c] = alive; view[c] = alive;
        forwards[c] = (c % 2 == A);
        role[c] = (c % 2 == A -> ACTIVE : STANDBY);
        c++
    :: else -> break
    od;
    side = A
}

proctype environment() {
    do
    :: atomic { real[0] == alive -> real[0] = dead; sort() }
    :: atomic { real[1] == alive -> real[1] = dead; sort() }
    :: atomic { real[2] == alive -> real[2] = dead; sort() }
    :: atomic { real[3] == alive -> real[3] = dead; sort() }
    :: atomic { real[4] == alive -> real[4] = dead; sort() }
    :: atomic { real[5] == alive -> real[5] = dead; sort() }
    :: !moving && observed && deadOn(A) + deadOn(B) == 6 -> break
    od;
    do
    :: atomic { real[0] == dead -> real[0] = alive; sort() }
    :: atomic { real[1] == dead -> real[1] = alive; sort() }
    :: atomic { real[2] == dead -> real[2] = alive; sort() }
    :: atomic { real[3] == dead -> real[3] = alive; sort() }
    :: atomic { real[4] == dead -> real[4] = alive; sort() }
    :: atomic { real[5] == dead -> real[5] = alive; sort() }
    :: !moving && observed && deadOn(A) + deadOn(B) == 0 -> break
    od
}
#else
inline start() {
    anyHealth(0); anyHealth(1); anyHealth(2);
    anyHealth(3); anyHealth(4); anyHealth(5);
    sort()
}

proctype environment() {
    do
    :: atomic { changes < FAULTS ->
        changes++;
        if
        :: change(0)
        :: change(1)
        :: change(2)
        :: change(3)
        :: change(4)
        :: change(5)
        fi;
        sort() }
    :: changes == FAULTS -> break
    od
}
#endif

init {
    byte c;
    atomic {
        start();
        c = 0;
        run controller(); run environment()
    }
}

#define judged(s) (count(real, s, unjudged) == 0)
#define isWhole(s) (side == s && whole(real, s))
#define isBlind(s) (side == s && !judged(s) && count(real, s, dead) == 0)

#ifdef LTL
/* The environment has stopped: nothing moves any more, all is observed. */
ltl settles { <>[] (!moving && observed) }

/* If a side is whole, the active one is whole, or at most not judged. */
ltl ends_whole { <>[] (whole(real, A) || whole(real, B) ->
    isWhole(A) || isWhole(B) || isBlind(A) || isBlind(B)) }

/* If the better side is whole, it is active, unless the other is blind. */
ltl fails_back { <>[] (whole(real, A) -> side == A || isBlind(B)) }

/* Does not hold, and is not meant to: a blind side is not left. */
ltl leaves_blind { <>[] (whole(real, A) || whole(real, B) ->
    isWhole(A) || isWhole(B)) }
#endif
