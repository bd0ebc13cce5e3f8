package io.github.grpcdiscovery.internal.loadbalancing;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

import io.grpc.EquivalentAddressGroup;
import org.jspecify.annotations.Nullable;

import io.github.grpcdiscovery.ServiceInstance;
import io.github.grpcdiscovery.internal.subset.Subset;
import io.github.grpcdiscovery.internal.subset.SubsetClient;
import io.github.grpcdiscovery.internal.subset.SubsetMember;
import io.github.grpcdiscovery.resolver.BalancingSettings;
import io.github.grpcdiscovery.resolver.DiscoveryAttributes;

/**
 * Which servers of a list a client connects to: all of a small service, and a
 * {@link Subset} of a large one. Where the client's zone has servers, the subset is of
 * those, with a quarter as many of all other zones beside it. One that fails is replaced.
 */
final class Connections {

	private Connections() {
	}

	/**
	 * Chooses.
	 * @param all the whole list
	 * @param settings the channel's
	 * @param failed ids of the instances that do not work
	 * @return those to connect to, in the order of the list
	 */
	static List<EquivalentAddressGroup> of(List<EquivalentAddressGroup> all, BalancingSettings settings,
			Set<String> failed) {
		String client = settings.clientId();
		if (settings.subsetSize() == 0 || client == null || all.size() <= 2L * settings.subsetSize()
				|| all.stream().anyMatch((group) -> instance(group) == null)) {
			return all;
		}
		SubsetClient chooser = SubsetClient.unregistered(client);
		List<EquivalentAddressGroup> own = all.stream().filter((group) -> isIn(settings.zone(), group)).toList();
		if (own.isEmpty() || own.size() == all.size()) {
			return subset(all, new Subset(chooser, settings.subsetSize()), failed);
		}
		List<EquivalentAddressGroup> others = all.stream().filter((group) -> !isIn(settings.zone(), group)).toList();
		List<EquivalentAddressGroup> chosen = new ArrayList<>(
				subset(own, new Subset(chooser, settings.subsetSize()), failed));
		chosen.addAll(subset(others, new Subset(chooser, Math.max(1, settings.subsetSize() / 4)), failed));
		return chosen;
	}

	private static List<EquivalentAddressGroup> subset(List<EquivalentAddressGroup> all, Subset subset,
			Set<String> failed) {
		List<SubsetMember> members = new ArrayList<>(all.size());
		for (EquivalentAddressGroup group : all) {
			ServiceInstance instance = Objects.requireNonNull(instance(group));
			members.add(new SubsetMember(instance.id(), instance.weight(), null));
		}
		Set<String> chosen = new HashSet<>();
		subset.select(members, failed).forEach((member) -> chosen.add(member.id()));
		return all.stream().filter((group) -> chosen.contains(id(group))).toList();
	}

	private static boolean isIn(@Nullable String zone, EquivalentAddressGroup group) {
		return zone(group).equals(zone);
	}

	/** Share of the calls relative to others. */
	static int weight(EquivalentAddressGroup group) {
		ServiceInstance instance = instance(group);
		return (instance != null) ? instance.weight() : ServiceInstance.DEFAULT_WEIGHT;
	}

	/** Where the server runs; empty if that is not known. */
	static String zone(EquivalentAddressGroup group) {
		ServiceInstance instance = instance(group);
		return (instance != null && instance.zone() != null) ? instance.zone() : "";
	}

	/** Id of the instance; empty where there is none. */
	static String id(EquivalentAddressGroup group) {
		ServiceInstance instance = instance(group);
		return (instance != null) ? instance.id() : "";
	}

	/** The instance as the registry has it, if one stands behind the address. */
	static @Nullable ServiceInstance instance(EquivalentAddressGroup group) {
		return group.getAttributes().get(DiscoveryAttributes.INSTANCE);
	}

}
