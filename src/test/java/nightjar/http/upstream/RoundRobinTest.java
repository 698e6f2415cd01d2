package nightjar.http.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import nightjar.net.Address;
import org.junit.jupiter.api.Test;

class RoundRobinTest {
    private static Peer peer(int port, int weight) {
        return peer(port, weight, 1, 10, 0, false);
    }

    private static Peer peer(int port, int weight, int maxFails, long failTimeout, int maxConns, boolean down) {
        return new Peer(Address.inet(new byte[] {127, 0, 0, 1}, port), weight, maxFails, failTimeout, maxConns, down);
    }

    private static String ports(RoundRobin turn, int n, long now) {
        var text = new StringBuilder();
        for (int i = 0; i < n; i++) {
            var peers = new Peers(turn);
            var peer = peers.next(now);
            text.append(peer == null ? "-" : String.valueOf(peer.address.port()));
            peers.done(false, now);
        }
        return text.toString();
    }

    @Test
    void weightsAreMixedEvenly() {
        var turn = new RoundRobin("g", List.of(peer(1, 5), peer(2, 1), peer(3, 1)), List.of());
        assertThat(ports(turn, 14, 0)).isEqualTo("11213111121311");
    }

    @Test
    void serversThatAreDownAreLeftOut() {
        var turn = new RoundRobin("g", List.of(peer(1, 1), peer(2, 1, 1, 10, 0, true)), List.of());
        assertThat(turn.tries()).isEqualTo(1);
        assertThat(ports(turn, 3, 0)).isEqualTo("111");
    }

    @Test
    void serversAreTakenOutAndPutBackAsNew() {
        var turn = new RoundRobin("g", List.of(peer(1, 1), peer(2, 1)), List.of());
        assertThat(turn.down(1, true)).isTrue();
        assertThat(turn.states().get(1).down()).isTrue();
        assertThat(ports(turn, 3, 0)).isEqualTo("111");
        var peers = new Peers(turn);
        peers.next(100);
        peers.done(true, 100);
        assertThat(turn.states().getFirst().fails()).isEqualTo(1);
        assertThat(turn.down(0, false)).isTrue();
        assertThat(turn.states().getFirst().fails()).isZero();
        assertThat(turn.down(1, false)).isTrue();
        assertThat(ports(turn, 4, 200)).contains("1", "2");
        assertThat(turn.down(2, true)).isFalse();
        assertThat(turn.down(-1, true)).isFalse();
    }

    @Test
    void aFailedServerRestsAndIsTriedAgain() {
        var turn = new RoundRobin("g", List.of(peer(1, 1), peer(2, 1)), List.of());
        var peers = new Peers(turn);
        assertThat(peers.next(100).address.port()).isEqualTo(1);
        assertThat(peers.done(true, 100)).isTrue();
        assertThat(peers.tries).isEqualTo(1);
        assertThat(peers.next(100).address.port()).isEqualTo(2);
        assertThat(ports(turn, 3, 110)).isEqualTo("222");
        assertThat(ports(turn, 8, 111)).contains("1");
    }

    @Test
    void aSingleServerNeverRests() {
        var turn = new RoundRobin("g", List.of(peer(1, 1)), List.of());
        var peers = new Peers(turn);
        peers.next(100);
        assertThat(peers.done(true, 100)).isFalse();
        assertThat(peers.tries).isZero();
        assertThat(ports(turn, 2, 100)).isEqualTo("11");
    }

    @Test
    void backupsServeWhenNoOtherIsLive() {
        var turn = new RoundRobin("g", List.of(peer(1, 1)), List.of(peer(2, 1)));
        assertThat(turn.tries()).isEqualTo(2);
        var peers = new Peers(turn);
        assertThat(peers.next(100).address.port()).isEqualTo(1);
        assertThat(peers.done(true, 100)).isTrue();
        assertThat(peers.next(100).address.port()).isEqualTo(2);
        assertThat(ports(turn, 2, 105)).isEqualTo("22");
    }

    @Test
    void aServerTakesNoMoreThanItsConnections() {
        var turn = new RoundRobin("g", List.of(peer(1, 1, 1, 10, 1, false), peer(2, 1, 1, 10, 1, false)), List.of());
        var first = new Peers(turn);
        var second = new Peers(turn);
        var third = new Peers(turn);
        assertThat(first.next(0)).isNotNull();
        assertThat(second.next(0)).isNotNull();
        assertThat(third.next(0)).isNull();
        first.done(false, 0);
        assertThat(third.next(0)).isNotNull();
    }
}
