package io.github.grpcdiscovery.consul;

import java.util.List;

import io.github.grpcdiscovery.RegistryException;
import io.github.grpcdiscovery.codec.Json;
import io.github.grpcdiscovery.consul.ConsulApi.ReadPermission;

/**
 * Reads Consul's answer to the question what a token may do.
 */
final class ReadPermissions {

	private ReadPermissions() {
	}

	static ReadPermission read(ConsulAnswer answer) {
		if (answer.status() == 401) {
			return ReadPermission.GRANTED;
		}
		if (answer.status() == 403) {
			return ReadPermission.DENIED;
		}
		if (!answer.isOk()) {
			return ReadPermission.UNKNOWN;
		}
		try {
			if (!(answer.json() instanceof List<?> decisions) || decisions.isEmpty()) {
				return ReadPermission.UNKNOWN;
			}
			boolean denied = decisions.stream().anyMatch((it) -> Boolean.FALSE.equals(Json.asObject(it).get("Allow")));
			return denied ? ReadPermission.DENIED : ReadPermission.GRANTED;
		}
		catch (RegistryException ex) {
			return ReadPermission.UNKNOWN;
		}
	}

}
