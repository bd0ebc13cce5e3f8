package io.github.grpcdiscovery.etcd;

import java.util.Map;

import org.jspecify.annotations.Nullable;

import io.github.grpcdiscovery.ServiceConfigListener;

/** Takes every service config. */
final class AcceptingListener implements ServiceConfigListener {

	@Override
	public @Nullable String reasonToRefuse(Map<String, ?> config) {
		return null;
	}

	@Override
	public void onServiceConfig(@Nullable Map<String, ?> config) {
		// the status shows it
	}

}
