/*
 * The naive synchronization of the LVS paper, section 4.3: two directors, and
 * on each the VRRP instances VI_3 (WAN) and VI_4 (LAN), which the axiom keeps
 * in the same state. LVS2 has the higher priority. After the LAN NIC of LVS2
 * fails, VI_4's advertisements are lost both ways, VI_3's are not.
 *
 * A timer is a condition: it can run out once no advertisement can come that
 * would restart it. Only the environment makes progress, so a non-progress
 * cycle is a synchronization circuit.
 *
 * -DNIC_STAYS_UP  the NIC never fails: no circuit
 * -DPREDICATES    with the paper's cure, predicates 6 and 8: no circuit
 */
#define LVS1 0
#define LVS2 1

mtype:state = { MASTER, BACKUP, FAULT }

bool lanUp = true;                /* the LAN NIC of LVS2 */
mtype:state wan[2], lan[2];       /* VI_3 and VI_4, by director */
bool owner[2];                    /* a forced election is on its way to [d] */

#define other(d) (1 - (d))

/* Would an advertisement of the other director restart the timer of d? */
#define heardOnWan(d) (wan[other(d)] == MASTER || owner[d])
#define heardOnLan(d) (lan[other(d)] == MASTER && lanUp)

/* VI_4 follows VI_3 down; predicate 6: to FAULT, where its own NIC failed. */
inline syncLanDown(d) {
    if
#ifdef PREDICATES
    :: d == LVS2 && !lanUp -> lan[d] = FAULT
    :: else -> lan[d] = BACKUP
#else
    :: lan[d] = BACKUP
#endif
    fi
}

inline becomeMaster(d) {
    wan[d] = MASTER; lan[d] = MASTER;
    owner[other(d)] = true;
    printf("LVS%d: MASTER\n", d + 1)
}

inline becomeBackup(d) {
    wan[d] = BACKUP; syncLanDown(d);
    printf("LVS%d: BACKUP\n", d + 1)
}

proctype director(byte d) {
end:
    do
    /* step 2: no advertisement of VI_4 in time; steps 3 and 4: VI_3 follows */
    :: d_step { lan[d] == BACKUP && !heardOnLan(d) -> becomeMaster(d) }
    :: d_step { wan[d] == BACKUP && !heardOnWan(d) && lan[d] != FAULT ->
           becomeMaster(d) }
    /* steps 5 and 6: the owner's advertisement ends a mastership */
    :: d_step { owner[d] -> owner[d] = false;
           if
           :: wan[d] == MASTER -> becomeBackup(d)
           :: else
           fi }
    /* the usual election: the higher priority wins, where it is heard */
    :: d_step { d == LVS1 && wan[d] == MASTER && wan[LVS2] == MASTER &&
           !owner[LVS2] -> becomeBackup(d) }
#ifdef PREDICATES
    /* predicate 8: with its NIC back, VI_4 of LVS2 brings the group home */
    :: d_step { lan[d] == FAULT && lanUp -> becomeMaster(d) }
#endif
    od
}

proctype nic() {
#ifdef NIC_STAYS_UP
    skip
#else
    lanUp = false;                /* step 1 */
    printf("LAN NIC of LVS2: down\n");
progress:
    skip
#ifdef PREDICATES
    ;
    if
    :: lanUp = true
    :: skip                       /* it may also stay down */
    fi
#endif
#endif
}

init {
    atomic {
        wan[LVS1] = BACKUP; lan[LVS1] = BACKUP;    /* predicates 1 and 2 */
        wan[LVS2] = MASTER; lan[LVS2] = MASTER;
        run director(LVS1); run director(LVS2); run nic()
    }
}
