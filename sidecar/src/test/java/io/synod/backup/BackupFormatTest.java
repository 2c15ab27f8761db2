package io.synod.backup;

import static org.assertj.core.api.Assertions.assertThat;

import io.synod.api.MemoryAppSnapshots;
import io.synod.paxos.value.Bytes;
import io.synod.runtime.backup.BackupException;
import io.synod.runtime.backup.BackupReader;
import io.synod.state.State;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Tests what is read from a backup, and that no damage of it goes unnoticed. */
final class BackupFormatTest {
  private final SampleBackup sample = new SampleBackup();

  private static BackupReader.Backup read(byte[] bytes) throws IOException {
    return BackupReader.read(new ByteArrayInputStream(bytes), BackupReader.AppReceiver.NONE);
  }

  private static String refusal(byte[] bytes) {
    try {
      read(bytes);
      return "accepted";
    } catch (BackupException e) {
      return String.valueOf(e.getMessage());
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void holdsTheStateAndTheSnapshotsOfConsumers() throws IOException {
    byte[] bytes = sample.bytes();
    ByteArrayOutputStream app = new ByteArrayOutputStream();
    List<String> calls = new ArrayList<>();
    BackupReader.Backup backup =
        BackupReader.read(
            new ByteArrayInputStream(bytes),
            new BackupReader.AppReceiver() {
              @Override
              public void begin(State state, BackupReader.AppEntry entry) {
                calls.add("begin " + entry.consumer() + " " + entry.index());
              }

              @Override
              public void add(byte[] piece) {
                app.writeBytes(piece);
              }

              @Override
              public void end() {
                calls.add("end");
              }
            });

    State.Mark mark = sample.state().mark();
    assertThat(backup.header().cluster()).isEqualTo("town");
    assertThat(backup.header().formation()).isEqualTo(SampleBackup.FORMATION);
    assertThat(backup.header().node()).isEqualTo(2);
    assertThat(backup.header().mark().index()).isEqualTo(mark.index());
    assertThat(backup.header().mark().digest()).isEqualTo(mark.digest());
    assertThat(backup.state().mark()).isEqualTo(mark);
    assertThat(Objects.requireNonNull(backup.state().get("city")).value())
        .isEqualTo(SampleBackup.payload("Graz"));
    assertThat(backup.bytes()).isEqualTo(bytes.length);
    assertThat(backup.sha256()).isEqualTo(MemoryAppSnapshots.sha256(bytes));
    assertThat(calls).containsExactly("begin ledger " + sample.appIndex(), "end");
    assertThat(app.toByteArray()).isEqualTo(SampleBackup.APP);
    assertThat(backup.apps())
        .containsExactly(
            new BackupReader.AppEntry(
                "ledger",
                sample.appIndex(),
                SampleBackup.APP.length,
                MemoryAppSnapshots.sha256(SampleBackup.APP)));
  }

  @Test
  void isTheSameForTheSameState() {
    assertThat(sample.bytes()).isEqualTo(new SampleBackup().bytes());
  }

  @Test
  void refusesEveryFlippedBit() {
    byte[] bytes = sample.bytes();
    for (int at = 0; at < bytes.length; at++) {
      byte[] flipped = bytes.clone();
      flipped[at] ^= (byte) (1 << (at % 8));
      String expected = at < 8 ? "the file is no backup of Synod" : "the backup is damaged: ";
      assertThat(refusal(flipped)).as("byte " + at).startsWith(expected);
    }
  }

  @Test
  void refusesEveryPartOfIt() {
    byte[] bytes = sample.bytes();
    for (int length = 0; length < bytes.length; length++) {
      assertThat(refusal(Arrays.copyOf(bytes, length)))
          .as("the first %d bytes", length)
          .startsWith("the backup is damaged: ");
    }
    assertThat(refusal(Arrays.copyOf(bytes, bytes.length + 1)))
        .isEqualTo("the backup is damaged: bytes follow its end");
  }

  @Test
  void refusesASnapshotThatIsThereTwice() {
    sample.snapshot("audit", sample.appIndex());
    assertThat(refusal(SampleBackup.bytes(sample.content("audit", "ledger"))))
        .isEqualTo("accepted");
    assertThat(refusal(SampleBackup.bytes(sample.content("ledger", "ledger"))))
        .isEqualTo("the backup is damaged: it holds a snapshot of a consumer twice");
  }

  @Test
  void namesTheFormatOfALaterVersion() {
    byte[] later = Arrays.copyOf(sample.bytes(), 200_000);
    later[11] = 7;
    Bytes sum = MemoryAppSnapshots.sha256(Arrays.copyOf(later, later.length - 32));
    System.arraycopy(sum.array(), 0, later, later.length - 32, 32);

    assertThat(refusal(later))
        .isEqualTo("the backup has format 7; this version of synod reads format 1");
    later[100]++;
    assertThat(refusal(later)).isEqualTo("the backup is damaged: its checksum does not match");
  }
}
