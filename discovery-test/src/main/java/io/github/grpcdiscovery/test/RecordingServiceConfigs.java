package io.github.grpcdiscovery.test;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

import org.jspecify.annotations.Nullable;

import io.github.grpcdiscovery.RegistryException;
import io.github.grpcdiscovery.ServiceConfigListener;

/**
 * Remembers the service configs that it hears of, and refuses those with a field
 * {@code bad}.
 */
final class RecordingServiceConfigs implements ServiceConfigListener {

	private final List<String> heard = new CopyOnWriteArrayList<>();

	@Override
	public @Nullable String reasonToRefuse(Map<String, ?> config) {
		return config.containsKey("bad") ? "bad: (expected: nothing of that name)" : null;
	}

	@Override
	public void onServiceConfig(@Nullable Map<String, ?> config) {
		this.heard.add((config != null) ? config.toString() : "none");
	}

	@Override
	public void onUnavailable(RegistryException cause) {
		this.heard.add("unavailable: " + cause.getMessage());
	}

	List<String> heard() {
		return List.copyOf(this.heard);
	}

	String last() {
		return this.heard.isEmpty() ? "nothing" : this.heard.get(this.heard.size() - 1);
	}

}
