package io.github.grpcdiscovery.internal.subset;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What {@link Subset} promises for 300 clients of 300 servers that connect to 20 each.
 */
class SubsetSimulationTests {

	private static final int CLIENTS = 300;

	private static final int SERVERS = 300;

	private static final int SIZE = 20;

	@Test
	void noServerHasATenthMoreOrLessThanTheMean() {
		for (int i = 0; i < 20; i++) {
			List<Integer> loads = loads("service-" + i, servers(SERVERS), true);
			assertThat(Collections.max(loads)).isLessThanOrEqualTo(22);
			assertThat(Collections.min(loads)).isGreaterThanOrEqualTo(18);
		}
	}

	@Test
	void whereATenthOfTheSlotsAreHolesNoServerHasAQuarterMore() {
		for (int i = 0; i < 20; i++) {
			List<SubsetMember> slots = servers(SERVERS + SERVERS / 9);
			Collections.shuffle(slots, new Random(i));
			assertThat(Collections.max(loads("service-" + i, slots.subList(0, SERVERS), true))).isLessThanOrEqualTo(25);
		}
	}

	@Test
	void aServerThatLeavesMovesItsOwnConnectionsAndOneAClient() {
		for (int leaving : new int[] { 0, 7, 150, 299 }) {
			List<SubsetMember> after = servers(SERVERS);
			after.remove(leaving);
			assertMoves(servers(SERVERS), after, true);
			assertMoves(after, servers(SERVERS), true);
		}
	}

	@Test
	void withoutSlotsAServerThatLeavesMovesNoMoreThanItsOwnConnections() {
		List<SubsetMember> after = servers(SERVERS);
		after.remove(150);
		List<Integer> loads = loads("orders", servers(SERVERS), false);
		assertThat(moves(servers(SERVERS), after, false)).isEqualTo(loads.get(150));
	}

	@Test
	void withoutSlotsServersAreLoadedAsByARandomChoice() {
		List<Integer> loads = loads("orders", servers(SERVERS), false);
		assertThat(Collections.max(loads)).isLessThan(40);
		assertThat(Collections.min(loads)).isGreaterThan(5);
	}

	@Test
	void aRestartedClientChoosesTheSame() {
		for (Integer slot : new Integer[] { 7, null }) {
			assertThat(select(new SubsetClient("client", "orders", slot), servers(SERVERS)))
				.isEqualTo(select(new SubsetClient("client", "orders", slot), servers(SERVERS)));
		}
	}

	@Test
	void manySmallApplicationsLoadServersAsByARandomChoice() {
		Map<String, Integer> loads = new HashMap<>();
		for (int i = 0; i < CLIENTS; i++) {
			select(new SubsetClient("client-" + i, "service-" + i, 0), servers(SERVERS))
				.forEach((member) -> loads.merge(member.id(), 1, Integer::sum));
		}
		assertThat(loads).hasSize(SERVERS);
		assertThat(Collections.max(loads.values())).isLessThan(40);
	}

	private static void assertMoves(List<SubsetMember> before, List<SubsetMember> after, boolean slots) {
		assertThat(moves(before, after, slots) / (double) (CLIENTS * SIZE)).isLessThanOrEqualTo(1.1 / SERVERS);
	}

	private static int moves(List<SubsetMember> before, List<SubsetMember> after, boolean slots) {
		int moves = 0;
		for (int i = 0; i < CLIENTS; i++) {
			Collection<SubsetMember> made = new HashSet<>(select(client("orders", i, slots), after));
			made.removeAll(select(client("orders", i, slots), before));
			assertThat(made.size()).isLessThanOrEqualTo(1);
			moves += made.size();
		}
		return moves;
	}

	private static List<Integer> loads(String service, List<SubsetMember> servers, boolean slots) {
		Map<SubsetMember, Integer> loads = new HashMap<>();
		for (int i = 0; i < CLIENTS; i++) {
			select(client(service, i, slots), servers).forEach((member) -> loads.merge(member, 1, Integer::sum));
		}
		return servers.stream().map((server) -> loads.getOrDefault(server, 0)).toList();
	}

	private static SubsetClient client(String service, int number, boolean slots) {
		return new SubsetClient("client-" + number, service, slots ? number : null);
	}

	private static List<SubsetMember> select(SubsetClient client, List<SubsetMember> servers) {
		return new Subset(client, SIZE).select(servers, Set.of());
	}

	private static List<SubsetMember> servers(int count) {
		return new ArrayList<>(
				IntStream.range(0, count).mapToObj((i) -> new SubsetMember("10.0.0." + i + ":9090", 100, i)).toList());
	}

}
