#!/usr/bin/env bash
# Checks the models with spin, one line per property; see README.md.
#   check.sh              what must hold holds, and circuits are found
#   check.sh mutations    which property catches which broken rule
# FAULTS=n: of the properties that speak of ever and eventually (default 1).
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
for tool in spin gcc; do
  command -v "$tool" >/dev/null ||
    { echo "check.sh: $tool is missing: apt-get install spin gcc libc6-dev" >&2; exit 2; }
done
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
failed=0
built=''

# verify MODEL "FLAGS" KIND: KIND is safety, cycles, or the name of a formula.
# All but safety ignore assertions. Sets outcome (none, assertion, deadlock,
# cycle, incomplete) and states.
verify() {
  local model=$1 kind=$3 cc=() pan=() flags
  read -ra flags <<<"$2"
  case $kind in
    safety) cc=(-DSAFETY) ;;
    cycles) cc=(-DNP) pan=(-A -l) ;;
    *) flags+=(-DLTL) pan=(-A -a -N "$kind") ;;
  esac
  # Formulas share a verifier; for a small search, compiling is what takes long.
  case "$model ${flags[*]}" in *OUTAGE*|naive*) cc+=(-O0) ;; *) cc+=(-O2) ;; esac
  if [ "$built" != "$model ${flags[*]} ${cc[*]}" ]; then
    cp "$here/$model" model.pml
    spin "${flags[@]}" -a model.pml >log || { cat log >&2; exit 2; }
    gcc -w -DMEMLIM=1000 "${cc[@]}" -o pan pan.c
    built="$model ${flags[*]} ${cc[*]}"
  fi
  ./pan -m10000 -w22 "${pan[@]}" >log || true
  states=$(sed -n 's/^ *\([0-9.e+]*\) states, stored.*/\1/p' log)
  if grep -q 'errors: 0$' log; then outcome=none
  elif grep -q '^pan:[0-9]*: assertion violated' log; then outcome=assertion
  elif grep -q '^pan:[0-9]*: invalid end state' log; then outcome=deadlock
  elif grep -q '^pan:[0-9]*: \(non-progress\|acceptance\) cycle' log; then outcome=cycle
  else outcome=incomplete; fi
  # A search that was cut short proves nothing.
  if grep -Eq 'max search depth too small|out of memory|Search not completed' log &&
      [ $outcome = none ]; then outcome=incomplete; fi
}

# expect OUTCOME TEXT MODEL "FLAGS" KIND
expect() {
  local verdict=ok
  verify "$3" "$4" "$5"
  if [ "$outcome" != "$1" ]; then verdict="FAILED ($outcome)"; failed=1; fi
  printf '%-56s %9s states  %s\n' "$2" "$states" "$verdict"
}

properties=(safety cycles settles ends_whole fails_back)

flags_for() {
  case $1 in
    safety) echo "-DFAULTS=2" ;;
    *) echo "-DFAULTS=${FAULTS:-1} -DNO_COUNT" ;;
  esac
}

mutations() {
  local mutation property caught
  for mutation in NO_FENCE NO_BARRIER SAME_EPOCH NO_HOLD KEEP_HOLD NOT_STRICT \
      COUNT_BOTH NO_ROLES STUCK DEAF NO_FAILOVER NO_RETURN; do
    caught=''
    for property in "${properties[@]}"; do
      verify sync-group.pml "$(flags_for $property) -D$mutation" $property
      [ "$outcome" = none ] || caught+=" $property($outcome)"
    done
    printf '%-11s%s\n' "$mutation" "${caught:- NOT CAUGHT}"
    [ -n "$caught" ] || failed=1
  done
}

case ${1:-} in
  mutations) mutations; exit $failed ;;
  '') ;;
  *) sed -n '2,5s/^# \?//p' "$here/check.sh"; exit 2 ;;
esac

m=naive.pml
expect cycle "naive: a synchronization circuit is found" $m "" cycles
expect none "naive: none while the NIC is up" $m -DNIC_STAYS_UP cycles
expect none "naive: none with predicates 6 and 8" $m -DPREDICATES cycles
m=sync-group.pml
expect none "group: no deadlock, no assertion violated" $m "$(flags_for safety)" safety
live=$(flags_for live)
expect none "group: no circuit" $m "$live" cycles
expect none "group: comes to rest, all observed" $m "$live" settles
expect none "group: ends on a whole side, or a blind one" $m "$live" ends_whole
expect none "group: fails back" $m "$live" fails_back
expect cycle "group: a blind side is kept, though another is whole" $m "$live" leaves_blind
outage="-DOUTAGE -DNO_RETURN"
expect none "outage of all: never more than 6 moves" $m "$outage -DMAX_MOVES=6" safety
expect assertion "outage of all: 6 moves happen" $m "$outage -DMAX_MOVES=5" safety
expect none "outage of all: 2 moves with a settle time" $m "$outage -DSETTLE -DMAX_MOVES=2" safety
expect cycle "refused fence: a circuit, if retried by time alone" $m "$live -DABORT=1" cycles
expect none "refused fence: none, if retried after a change" $m "$live -DABORT=2" cycles
exit $failed
