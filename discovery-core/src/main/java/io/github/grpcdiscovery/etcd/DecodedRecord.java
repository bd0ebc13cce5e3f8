package io.github.grpcdiscovery.etcd;

import org.jspecify.annotations.Nullable;

import io.github.grpcdiscovery.ServiceInstance;

/**
 * What a value of etcd says: an instance, or else a problem.
 *
 * @param instance the instance; {@code null} if there is a problem
 * @param owner token of the process that wrote it; {@code null} if another kind of
 * program did
 * @param problem what is wrong; {@code null} if nothing is
 */
record DecodedRecord(@Nullable ServiceInstance instance, @Nullable String owner, @Nullable String problem) {

	static DecodedRecord malformed(String problem) {
		return new DecodedRecord(null, null, problem);
	}

}
