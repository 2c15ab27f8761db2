----------------------------- MODULE Memberships -----------------------------
(***************************************************************************)
(* Multi-Paxos whose membership is in its own log.                         *)
(*                                                                         *)
(* A member is a disk: a node and the incarnation of its data.  A wiped    *)
(* disk is a new member of the same node.  A membership is the value of a  *)
(* slot.  Chosen in slot s, it governs the slots from s + A on; a leader   *)
(* proposes in a slot only if it knows all slots up to A before it to be   *)
(* chosen, so the membership that governs a slot follows from the log.     *)
(*                                                                         *)
(* Acceptors promise and accept at the request of any leader.  Safety is   *)
(* in what a leader counts: it proposes in a slot only after a quorum of   *)
(* the membership of this slot has promised, and a value is chosen when a  *)
(* quorum of the membership of its slot has accepted it.                   *)
(*                                                                         *)
(* What the model leaves out changes nothing that it checks:               *)
(*                                                                         *)
(*  - A leader is its ballot.  Any node may have any ballot, any log.      *)
(*  - Messages are never removed: a promise or a vote, once sent, can be   *)
(*    counted at any later time, or never.                                 *)
(*  - A vote has an effect only when it completes a quorum, or when its    *)
(*    voter promises a higher ballot and reports it.  So votes are cast    *)
(*    then, and not before (Choose, Promise).  A disk casts no vote for a  *)
(*    proposal that is chosen already, since that only adds reports of     *)
(*    the chosen value, or in whose slot it is no voter, since leaders     *)
(*    ignore it.                                                           *)
(*  - A disk that votes at a ballot has promised it before, and reported   *)
(*    its votes; its leader need not have received that.                   *)
(*  - At the lowest ballot a promise prevents nothing and reports nothing, *)
(*    so every disk has given it, and this first leader is settled.        *)
(*  - The wiped disk may return: a member that was replaced acts for ever, *)
(*    and its successor from the beginning.  This includes every moment    *)
(*    for the wipe, and every late message of the old member.              *)
(***************************************************************************)
EXTENDS Integers, Sequences, FiniteSets, TLC

CONSTANTS
  Steady,       \* the members whose disks are not wiped
  Lost,         \* the member whose disk is wiped
  Fresh,        \* the member of the same node with the empty disk
  Removable,    \* the members that a change may remove
  A,            \* a membership that is chosen in slot s governs from s + A on
  SlotCount, BallotCount, EpochMax,   \* bounds of the model
  Nothing,      \* stands for: no proposal, no value
  Mutation      \* a bug of the design, or "none"

Mutations ==
  { "none", "ActiveAtOnce", "PhaseOneInNewest", "PhaseOneNotResumed", "TallyByNode",
    "SecondChangeEarly", "WipedDiskVotes", "AnyEpoch" }

ASSUME Mutation \in Mutations
ASSUME Removable \in {{}, Steady} /\ Lost \notin Steady /\ Fresh \notin Steady

Slots == 1..SlotCount
Ballots == 1..BallotCount
Disks == Steady \cup {Lost, Fresh}
Symmetry == Permutations(Steady)

VARIABLES
  wiped,      \* whether the disk of Lost was wiped
  promised,   \* per disk: the highest ballot that it promised
  promises,   \* per ballot: the disks that promised it and reported their votes
  proposals,  \* per ballot and slot: the value, and the voters that its leader counts
  votes,      \* per ballot and slot: the disks that accepted the proposal
  chosen,     \* per slot: the first value that a leader took for chosen
  newest      \* the newest membership after each slot of the chosen prefix, from slot 0

variables == <<wiped, promised, promises, proposals, votes, chosen, newest>>

Highest(numbers) == CHOOSE n \in numbers : \A other \in numbers : other <= n
Higher(one, other) == IF one > other THEN one ELSE other
Lower(one, other) == IF one < other THEN one ELSE other

-----------------------------------------------------------------------------
(* Values and memberships. *)

Membership(epoch, voters) == [epoch |-> epoch, voters |-> voters]
Genesis == Membership(0, Steady \cup {Lost})
Memberships == {Membership(e, vs) : e \in 0..EpochMax, vs \in SUBSET Disks}

\* The leader's own value.  Two leaders never propose the same, so that a difference shows.
Command(b) == [epoch |-> 0, leader |-> b]
IsChange(value) == value.epoch > 0

(* A membership names its epoch.  It takes effect only as the successor of the newest  *)
(* membership before it in the log; otherwise it is a no-op.  A leader cannot prevent   *)
(* such a value: it may have to adopt, in a slot after the change that it proposed, one *)
(* that an earlier leader proposed as the successor of an older membership.             *)
After(before, value) ==
  IF IsChange(value) /\ (value.epoch = before.epoch + 1 \/ Mutation = "AnyEpoch")
  THEN value ELSE before

RECURSIVE Extended(_, _)
Extended(memberships, values) ==
  LET next == Len(memberships) IN
  IF next > SlotCount \/ values[next] = Nothing THEN memberships
  ELSE Extended(Append(memberships, After(memberships[next], values[next])), values)

ChosenThrough == Len(newest) - 1
Newest(through) == newest[through + 1]

Delay == IF Mutation = "ActiveAtOnce" THEN 0 ELSE A

\* What governs slot s, as far as a node knows whose chosen prefix ends at slot k.
Governing(k, s) == Newest(Higher(0, Lower(k, s - Delay)))

-----------------------------------------------------------------------------
(* Tallies. *)

Node(disk) == IF disk = Fresh THEN Lost ELSE disk

\* Whether what this disk says counts for this member.
Counts(disk, member) ==
  CASE Mutation = "TallyByNode" -> Node(disk) = Node(member)
    [] Mutation = "WipedDiskVotes" -> Node(disk) = member
    [] OTHER -> disk = member

Counted(disks, voters) == {m \in voters : \E d \in disks : Counts(d, m)}
IsQuorum(disks, voters) == 2 * Cardinality(Counted(disks, voters)) > Cardinality(voters)

IsProposed(b, s) == proposals[b][s] /= Nothing
IsChosen(vs, b, s) == IsProposed(b, s) /\ IsQuorum(vs[b][s], proposals[b][s].voters)

Chosen(vs) ==
  [s \in Slots |->
    IF chosen[s] /= Nothing THEN chosen[s]
    ELSE LET bs == {b \in Ballots : IsChosen(vs, b, s)}
         IN IF bs = {} THEN Nothing ELSE proposals[CHOOSE b \in bs : TRUE][s].value]

-----------------------------------------------------------------------------
(* Disks and their acceptors. *)

\* A wiped disk that keeps its membership must not run beside what it was before.
Acts(disk) ==
  IF Mutation = "WipedDiskVotes" THEN disk \in Steady \/ (disk = Fresh) = wiped ELSE TRUE

Wipe ==
  /\ ~wiped
  /\ wiped' = TRUE
  /\ UNCHANGED <<promised, promises, proposals, votes, chosen, newest>>

CastVotes(newVotes) ==
  /\ votes' = newVotes
  /\ chosen' = Chosen(newVotes)
  /\ newest' = Extended(newest, chosen')

\* The proposals below ballot b that this disk could still have accepted.
Acceptable(disk, b) ==
  {<<c, s>> \in (promised[disk]..(b - 1)) \X Slots :
    /\ IsProposed(c, s)
    /\ disk \notin votes[c][s]
    /\ ~IsChosen(votes, c, s)
    /\ Counted({disk}, proposals[c][s].voters) /= {}}

\* A disk promises ballot b, after it accepted some of the proposals below.  Leaders ask only
\* members.
Promise(disk, b) ==
  /\ Acts(disk)
  /\ \E k \in 0..ChosenThrough : Counted({disk}, Newest(k).voters) /= {}
  /\ disk \notin promises[b]
  /\ promised[disk] <= b
  /\ promised' = [promised EXCEPT ![disk] = b]
  /\ promises' = [promises EXCEPT ![b] = @ \cup {disk}]
  /\ \E accepted \in SUBSET Acceptable(disk, b) :
       CastVotes([c \in Ballots |-> [s \in Slots |->
         IF <<c, s>> \in accepted THEN votes[c][s] \cup {disk} ELSE votes[c][s]]])
  /\ UNCHANGED <<wiped, proposals>>

\* Disks accept the proposal of ballot b in slot s and complete a quorum.
Choose(b, s) ==
  /\ IsProposed(b, s)
  /\ ~IsChosen(votes, b, s)
  /\ \E disks \in SUBSET {d \in Disks \ votes[b][s] : Acts(d) /\ promised[d] <= b} :
       LET complete == votes[b][s] \cup disks
           voters == proposals[b][s].voters
       IN /\ IsQuorum(complete, voters)
          /\ \A d \in disks : ~IsQuorum(complete \ {d}, voters)
          /\ promised' = [d \in Disks |-> IF d \in disks THEN b ELSE promised[d]]
          /\ promises' = [promises EXCEPT ![b] = @ \cup disks]
          /\ CastVotes([votes EXCEPT ![b][s] = complete])
  /\ UNCHANGED <<wiped, proposals>>

-----------------------------------------------------------------------------
(* Leaders.  Below, k is the last slot of the chosen prefix that the leader knows, and *)
(* disks are those whose promises it has received.                                     *)

\* Whether the leader may propose in slot s.  Phase 1 does not end with the election: for
\* each membership the leader needs a quorum's promises.
HasPromises(disks, k, s) ==
  CASE Mutation = "PhaseOneInNewest" -> IsQuorum(disks, Newest(k).voters)
    [] Mutation = "PhaseOneNotResumed" ->
         \E j \in 0..k : \A t \in (j + 1)..(j + A) : IsQuorum(disks, Governing(j, t).voters)
    [] OTHER -> IsQuorum(disks, Governing(k, s).voters)

\* The ballot of the vote that this disk reports for slot s when it promises ballot b.
\* Votes below b cannot change after the promise.
Reported(disk, b, s) == Highest({0} \cup {c \in 1..(b - 1) : disk \in votes[c][s]})

Adopted(disks, b, s) ==
  LET highest == Highest({0} \cup {Reported(d, b, s) : d \in disks})
  IN IF highest = 0 THEN Nothing ELSE proposals[highest][s].value

\* The memberships that the leader proposed, or proposed again, and does not know to be chosen.
Pending(b, k, s) == {t \in (k + 1)..(s - 1) : IsChange(proposals[b][t].value)}

\* Whether a value that this leader chose itself is in its chosen prefix.
IsSettled(b, k) ==
  b = 1 \/ \E s \in 1..k : IsChosen(votes, b, s) /\ proposals[b][s].value = Command(b)

\* One change at a time: the newest membership of the log is known and governs slot s.
MayChange(disks, b, k, s) ==
  \/ Mutation = "SecondChangeEarly"
  \/ /\ IsSettled(b, k)
     /\ Pending(b, k, s) = {}
     /\ Newest(k) = Governing(k, s)
     /\ \A d \in disks, t \in s..SlotCount : Reported(d, b, t) = 0

\* The membership on which the next change is based.
Base(b, k, s) ==
  IF Pending(b, k, s) = {} THEN Newest(k) ELSE proposals[b][Highest(Pending(b, k, s))].value

\* One swap of the wiped disk for the fresh one, or one removal.
Changes(base) ==
  LET swaps == IF Lost \in base.voters /\ Fresh \notin base.voters
               THEN {(base.voters \ {Lost}) \cup {Fresh}} ELSE {}
      removals == IF Cardinality(base.voters) > 2
                  THEN {base.voters \ {m} : m \in base.voters \cap Removable} ELSE {}
  IN IF base.epoch = EpochMax THEN {}
     ELSE {Membership(base.epoch + 1, voters) : voters \in swaps \cup removals}

Values(disks, b, k, s) ==
  IF Adopted(disks, b, s) /= Nothing THEN {Adopted(disks, b, s)}
  ELSE {Command(b)} \cup (IF MayChange(disks, b, k, s) THEN Changes(Base(b, k, s)) ELSE {})

\* The leader proposes in the next slot.  A proposal that no disk can accept has no effect.
Propose(b, s) ==
  /\ \A t \in s..SlotCount : ~IsProposed(b, t)
  /\ \E d \in Disks : Acts(d) /\ promised[d] <= b
  /\ \E k \in Higher(0, s - A)..Lower(ChosenThrough, s - 1) :
       /\ \A t \in (k + 1)..(s - 1) : IsProposed(b, t)
       /\ LET received == IF b = 1 THEN {Disks} ELSE SUBSET promises[b]
              enough == {disks \in received : HasPromises(disks, k, s)}
          IN \E value \in UNION {Values(disks, b, k, s) : disks \in enough} :
               proposals' = [proposals EXCEPT ![b][s] =
                 [value |-> value, voters |-> Governing(k, s).voters]]
  /\ UNCHANGED <<wiped, promised, promises, votes, chosen, newest>>

-----------------------------------------------------------------------------

Init ==
  /\ wiped = (Mutation /= "WipedDiskVotes")
  /\ promised = [d \in Disks |-> 1]
  /\ promises = [b \in Ballots |-> IF b = 1 THEN Disks ELSE {}]
  /\ proposals = [b \in Ballots |-> [s \in Slots |-> Nothing]]
  /\ votes = [b \in Ballots |-> [s \in Slots |-> {}]]
  /\ chosen = [s \in Slots |-> Nothing]
  /\ newest = <<Genesis>>

Next ==
  \/ Wipe
  \/ \E d \in Disks, b \in Ballots : Promise(d, b)
  \/ \E b \in Ballots, s \in Slots : Propose(b, s) \/ Choose(b, s)

Spec == Init /\ [][Next]_variables

\* States that differ only in who voted are one state where nothing depends on it any more:
\* every higher ballot has its proposal in the slot, and the value is chosen or cannot be.
RelevantVotes(b, s) ==
  IF ~IsProposed(b, s) \/ \E c \in (b + 1)..BallotCount : ~IsProposed(c, s) THEN votes[b][s]
  ELSE IF IsChosen(votes, b, s) THEN Disks
  ELSE IF IsQuorum(votes[b][s] \cup {d \in Disks : promised[d] <= b}, proposals[b][s].voters)
  THEN votes[b][s]
  ELSE {}

View ==
  << wiped, promised, promises, proposals, chosen,
     [b \in Ballots |-> [s \in Slots |-> RelevantVotes(b, s)]] >>

-----------------------------------------------------------------------------
(* Invariants. *)

TypeOK ==
  /\ wiped \in BOOLEAN
  /\ promised \in [Disks -> Ballots]
  /\ promises \in [Ballots -> SUBSET Disks]
  /\ votes \in [Ballots -> [Slots -> SUBSET Disks]]
  /\ \A b \in Ballots, s \in Slots : IsProposed(b, s) =>
       /\ proposals[b][s].voters \subseteq Disks
       /\ \/ proposals[b][s].value \in {Command(c) : c \in 1..b}
          \/ proposals[b][s].value \in Memberships
  /\ \A k \in 0..ChosenThrough : Newest(k) \in Memberships

\* No slot has two chosen values.
Agreement ==
  \A b \in Ballots, s \in Slots : IsChosen(votes, b, s) => chosen[s] = proposals[b][s].value

\* The membership with which a leader counts is the one that the chosen prefix gives.
GovernedByPrefix ==
  \A b \in Ballots, s \in Slots : IsProposed(b, s) =>
    /\ ChosenThrough >= s - A
    /\ proposals[b][s].voters = Newest(Higher(0, s - A)).voters

\* A leader proposes in a slot only after a quorum of the slot's voters has promised.
PromisedByQuorum ==
  \A b \in Ballots, s \in Slots : IsProposed(b, s) =>
    2 * Cardinality(promises[b] \cap proposals[b][s].voters)
      > Cardinality(proposals[b][s].voters)

\* What is chosen has the votes of different members of the slot.
OneVotePerMember ==
  \A b \in Ballots, s \in Slots : IsChosen(votes, b, s) =>
    2 * Cardinality(votes[b][s] \cap proposals[b][s].voters)
      > Cardinality(proposals[b][s].voters)

ChangeSlots == {s \in 1..ChosenThrough : Newest(s) /= Newest(s - 1)}

\* Each membership in effect differs from the one before by one swap or one removal.
OneStepEach ==
  \A s \in ChangeSlots :
    LET old == Newest(s - 1).voters
        new == Newest(s).voters
    IN Cardinality(old \ new) = 1 /\ Cardinality(new \ old) <= 1

\* No A slots in a row are governed by more than two memberships.
OneChangeAtATime == \A s, t \in ChangeSlots : s < t => t >= s + A

\* A member that a membership leaves out is in none after it.
NoReturn ==
  \A s, t, u \in 0..ChosenThrough : s < t /\ t < u =>
    (Newest(s).voters \cap Newest(u).voters) \subseteq Newest(t).voters

-----------------------------------------------------------------------------
(* What must be reachable: TLC has to refute these. *)

\* A slot that the second membership governs is chosen, with the vote of the fresh disk.
SwapNeverCompletes ==
  ~\E b \in Ballots, s \in Slots :
    IsChosen(votes, b, s) /\ Fresh \in votes[b][s] /\ Fresh \in proposals[b][s].voters

\* A second change takes effect after a first one, proposed by another leader.
SecondChangeNeverHappens ==
  ~\E s, t \in ChangeSlots, b \in 2..BallotCount :
    s < t /\ IsChosen(votes, b, t) /\ ~IsChosen(votes, b, s)

=============================================================================
