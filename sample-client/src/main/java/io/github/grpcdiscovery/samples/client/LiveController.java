package io.github.grpcdiscovery.samples.client;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

import io.github.grpcdiscovery.ServiceInstance;

/**
 * What the live page shows. The page asks again and again.
 */
@RestController
class LiveController {

	private static final int LAST_CALLS = 14;

	private final KnownInstances known;

	private final CallLog calls;

	LiveController(KnownInstances known, CallLog calls) {
		this.known = known;
		this.calls = calls;
	}

	@GetMapping("/live")
	Live live() {
		List<CallLog.Entry> recent = this.calls.recent();
		Map<String, Long> served = new TreeMap<>();
		recent.stream()
			.map(CallLog.Entry::servedBy)
			.filter(Objects::nonNull)
			.forEach((servedBy) -> served.merge(servedBy, 1L, Long::sum));
		long failed = recent.stream().filter((entry) -> entry.servedBy() == null).count();
		return new Live(this.known.descriptions(), this.known.instances().stream().map(Instance::of).toList(),
				CallLog.WINDOW.toSeconds(), served, failed, this.calls.last(LAST_CALLS));
	}

	/**
	 * Everything on the page.
	 *
	 * @param registries the registries as a person would name them
	 * @param instances what they hold
	 * @param seconds the time that {@code served} and {@code failed} are about
	 * @param served how many calls each server answered
	 * @param failed how many calls failed
	 * @param last the last calls, newest first
	 */
	record Live(List<String> registries, List<Instance> instances, long seconds, Map<String, Long> served, long failed,
			List<CallLog.Entry> last) {
	}

	record Instance(String address, int weight, @Nullable String zone, @Nullable String version) {

		static Instance of(ServiceInstance instance) {
			return new Instance(instance.address().toString(), instance.weight(), instance.zone(), instance.version());
		}

	}

}
