package io.synod.paxos;

import static io.synod.paxos.SteppedReplica.ballot;
import static io.synod.paxos.SteppedReplica.ofType;
import static org.assertj.core.api.Assertions.assertThat;

import io.synod.paxos.value.Batch;
import io.synod.paxos.value.Command;
import io.synod.paxos.value.Message;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class FollowerTest {

  @Test
  void forwardsAllThatWaitsInOrderAndInPages() {
    int pageBytes = Settings.defaults().pageBytesMax();
    List<Command> waiting = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      waiting.add(Command.of(new byte[i == 7 ? 2 * pageBytes : pageBytes / 5 + i]));
    }
    SteppedReplica node = new SteppedReplica();
    node.receive(2, new Message.Heartbeat(1, ballot(5, 2), true, true, 0, 0));
    List<Message.Forward> pages = ofType(node.propose(waiting).messages(), Message.Forward.class);
    List<Command> forwarded = new ArrayList<>();
    for (Message.Forward page : pages) {
      int bytes = page.commands().stream().mapToInt(Batch::encodedBytes).sum();
      assertThat(bytes <= pageBytes || page.commands().size() == 1).isTrue();
      forwarded.addAll(page.commands());
    }
    assertThat(forwarded).isEqualTo(waiting);
    assertThat(pages).hasSizeLessThan(waiting.size() / 2);
    assertThat(Collections.max(pages.stream().map(p -> p.commands().size()).toList())).isEqualTo(4);
  }

  @Test
  void forwardsASingleCommandAsOnePage() {
    SteppedReplica node = new SteppedReplica();
    node.receive(2, new Message.Heartbeat(1, ballot(5, 2), true, true, 0, 0));
    assertThat(ofType(node.propose("a").messages(), Message.Forward.class)).hasSize(1);
  }
}
