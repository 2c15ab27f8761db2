package io.synod.backup.recovery;

import io.synod.paxos.value.Formation;
import io.synod.paxos.value.Membership;
import io.synod.paxos.value.Memberships;
import io.synod.runtime.snapshot.LogReplay;
import io.synod.state.State;
import io.synod.storage.directory.DirectoryIdentity;
import io.synod.storage.tail.DiskIdentity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** The disks that are left of one cluster, whose voters among them are no quorum. */
final class Survivors implements AutoCloseable {
  private final List<Survivor> all;
  private final Formation formation;
  private final Survivor best;

  private Survivors(List<Survivor> all, Formation formation, Survivor best) {
    this.all = all;
    this.formation = formation;
    this.best = best;
  }

  /**
   * Opens data directories.
   *
   * @throws RecoveryException if a cluster cannot be recovered from them
   * @throws io.synod.storage.disk.DirectoryException if one is no data directory, or in use
   * @throws io.synod.runtime.port.JournalException if nothing in one can be read
   */
  static Survivors open(List<Path> directories) throws RecoveryException {
    refuseSame(directories);
    List<Survivor> opened = new ArrayList<>();
    try {
      for (Path directory : directories) {
        opened.add(Survivor.open(directory));
      }
      refuseHiddenVotes(opened);
      Formation formation = formation(opened);
      refuseCopies(opened);
      return new Survivors(opened, formation, best(opened));
    } catch (RecoveryException | RuntimeException e) {
      opened.forEach(Survivor::close);
      throw e;
    }
  }

  private static void refuseSame(List<Path> directories) throws RecoveryException {
    for (int i = 0; i < directories.size(); i++) {
      for (int j = 0; j < i; j++) {
        if (isSame(directories.get(i), directories.get(j))) {
          throw new RecoveryException(directories.get(i) + " is given twice");
        }
      }
    }
  }

  private static boolean isSame(Path one, Path other) {
    try {
      return Files.isSameFile(one, other);
    } catch (IOException missing) {
      // Opening it says what is wrong.
      return false;
    }
  }

  private static void refuseHiddenVotes(List<Survivor> opened) throws RecoveryException {
    for (Survivor survivor : opened) {
      if (survivor.mayLackVotes()) {
        throw survivor.damaged(
            "votes may be missing because of it: leave it out to recover from other disks, or"
                + " restore the newest backup");
      }
    }
  }

  private static Formation formation(List<Survivor> opened) throws RecoveryException {
    Survivor first = opened.get(0);
    for (Survivor survivor : opened) {
      Formation formation = survivor.formation();
      if (formation == null) {
        throw new RecoveryException(
            survivor.path()
                + " does not record that its cluster formed, so nothing that was chosen is on it:"
                + " leave it out");
      }
      if (!formation.equals(first.formation())) {
        throw new RecoveryException(
            survivor.path() + " and " + first.path() + " belong to different clusters");
      }
    }
    return Objects.requireNonNull(first.formation());
  }

  private static void refuseCopies(List<Survivor> opened) throws RecoveryException {
    for (Survivor one : opened) {
      for (Survivor other : opened) {
        if (one == other) {
          break;
        }
        if (one.node() == other.node()
            && one.identity().incarnation() == other.identity().incarnation()) {
          throw new RecoveryException(
              one.path()
                  + " and "
                  + other.path()
                  + " are copies of one disk, that of node "
                  + one.node()
                  + ": leave the older one out");
        }
      }
    }
  }

  /** The memberships in the log of this state. */
  Memberships memberships(State state) {
    return LogReplay.memberships(formation, state);
  }

  /**
   * Throws if the disks of voters among these are a quorum of each of these memberships, so that
   * they can choose every slot.
   */
  void refuseQuorum(List<Membership> memberships) throws RecoveryException {
    for (Membership membership : memberships) {
      if (voters(membership).size() < membership.quorum()) {
        return;
      }
    }
    Membership membership = memberships.get(memberships.size() - 1);
    throw new RecoveryException(
        "nothing is lost for good, since the disks of "
            + voters(membership).stream()
                .map(survivor -> "node " + survivor.node())
                .collect(Collectors.joining(" and "))
            + " are a quorum of the "
            + membership.voters().size()
            + " voters: start their sidecars");
  }

  private List<Survivor> voters(Membership membership) {
    return all.stream()
        .filter(survivor -> survivor.isVoter(membership) && !survivor.isDamaged())
        .toList();
  }

  /** The disk whose replayed log reaches furthest. */
  private static Survivor best(List<Survivor> opened) throws RecoveryException {
    return opened.stream()
        .filter(survivor -> !survivor.isDamaged())
        .max(
            Comparator.comparingLong(Survivor::applied)
                .thenComparing(Survivor::node, Comparator.reverseOrder()))
        .orElseThrow(() -> opened.get(0).damaged("restore the newest backup"));
  }

  List<Survivor> all() {
    return all;
  }

  Formation formation() {
    return formation;
  }

  Survivor best() {
    return best;
  }

  /** Throws unless the disks are those of the cluster with this name. */
  void mustBelongTo(String cluster) throws RecoveryException {
    for (Survivor survivor : all) {
      DiskIdentity identity = survivor.identity();
      if (!DirectoryIdentity.isOf(identity, cluster, new TreeSet<>(formation.voters().keySet()))) {
        throw new RecoveryException(
            survivor.path()
                + " belongs to no cluster with the name "
                + cluster
                + ": give the name with --cluster");
      }
    }
  }

  @Override
  public void close() {
    all.forEach(Survivor::close);
  }
}
